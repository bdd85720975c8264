package courtside.feedapi.log;

import courtside.eventlog.topic.Topic;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** What tells a topic from one of the same name that is made after it. */
public final class TopicId {
  private TopicId() {}

  /**
   * The topic's id.
   *
   * @throws KafkaException if the broker does not say it in time
   */
  public static String of(Admin admin, Topic topic) {
    try {
      return Objects.requireNonNull(
              admin
                  .describeTopics(
                      List.of(topic.name()),
                      new DescribeTopicsOptions().timeoutMs((int) LogConsumer.ANSWER.toMillis()))
                  .allTopicNames()
                  .get()
                  .get(topic.name()))
          .topicId()
          .toString();
    } catch (ExecutionException e) {
      throw new KafkaException(
          "the topic " + topic.name() + " could not be described", e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
