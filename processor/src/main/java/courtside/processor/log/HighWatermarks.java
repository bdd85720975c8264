package courtside.processor.log;

import courtside.eventlog.topic.Topic;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Where a topic's partitions end, with what is in transactions that are still open. Whoever reads
 * committed records gets past such an end only once all before it is decided.
 */
public final class HighWatermarks {
  private static final int TIMEOUT_MS = 5_000;

  private HighWatermarks() {}

  /**
   * Those of every partition now.
   *
   * @throws KafkaException if the broker does not say, or the thread is interrupted
   */
  public static Map<TopicPartition, Long> of(Admin admin, Topic topic) {
    Map<TopicPartition, OffsetSpec> asked =
        IntStream.range(0, topic.partitions())
            .mapToObj(partition -> new TopicPartition(topic.name(), partition))
            .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
    ListOffsetsOptions options = new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED);
    options.timeoutMs(TIMEOUT_MS);
    try {
      return admin.listOffsets(asked, options).all().get().entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
    } catch (ExecutionException e) {
      throw new KafkaException("the ends of " + topic.name() + " are not known", e.getCause());
    } catch (InterruptedException e) {
      // Interrupts the thread again.
      throw new InterruptException("interrupted while asking for the ends of " + topic.name(), e);
    }
  }
}
