package courtside.command;

import courtside.eventlog.topic.Topic;
import courtside.service.kafka.KafkaAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** What must be there before a command reads it. */
final class RequiredTopics {
  private RequiredTopics() {}

  /**
   * Says what to do where one is missing.
   *
   * @throws KafkaException if Kafka does not answer, or no pipeline was ever there
   */
  static void require(Admin admin, KafkaAddress kafka, List<Topic> topics)
      throws InterruptedException {
    Set<String> there;
    try {
      there = admin.listTopics().names().get();
    } catch (ExecutionException e) {
      throw new KafkaException(
          "Kafka on "
              + kafka.bootstrap()
              + " does not answer: is the pipeline running? --kafka names another one",
          e.getCause());
    }
    for (Topic topic : topics) {
      if (!there.contains(topic.name())) {
        throw new KafkaException(
            "expected the topic "
                + topic.name()
                + " on "
                + kafka.bootstrap()
                + ", found none: no pipeline has run there. Start one: courtside up");
      }
    }
  }
}
