package courtside.command;

import courtside.eventlog.topic.Topic;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/** What must be there before a command reads it. */
final class RequiredTopics {
  private static final int ANSWER_MS = (int) Duration.ofSeconds(10).toMillis();

  private RequiredTopics() {}

  /** The same, by a connection of its own. */
  static void require(KafkaAddress kafka, List<Topic> topics) throws InterruptedException {
    Map<String, Object> config = kafka.client();
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MS);
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MS);
    try (Admin admin = Admin.create(config)) {
      require(admin, kafka, topics);
    }
  }

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
