package courtside.testkit.process;

import courtside.eventlog.topic.Topic;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * How far topics are written, and how far they can be read: a transaction that is open holds the
 * second back. Thread-safe.
 */
public final class LogEnds implements AutoCloseable {
  /** Less than the timeout of a transaction: what only that ends was not ended by a successor. */
  private static final Duration LIMIT = Duration.ofSeconds(45);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

  private final List<TopicPartition> partitions;
  private final Admin admin;

  /**
   * Connects to {@code host:port}; a broker that was away is found again at once.
   *
   * @param topics what is looked at, all partitions of each
   */
  public LogEnds(String bootstrap, Topic... topics) {
    this.partitions =
        Arrays.stream(topics)
            .flatMap((Topic topic) ->
                IntStream.range(0, topic.partitions())
                    .mapToObj(partition -> new TopicPartition(topic.name(), partition)))
            .toList();
    this.admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                50));
  }

  /** The client, for what else is to be asked. */
  public Admin admin() {
    return admin;
  }

  /** How far was written: the high watermarks, or nearly. */
  public Map<TopicPartition, Long> written() throws InterruptedException {
    return ends(IsolationLevel.READ_UNCOMMITTED);
  }

  /** How far can be read: the last stable offsets. */
  public Map<TopicPartition, Long> readable() throws InterruptedException {
    return ends(IsolationLevel.READ_COMMITTED);
  }

  /** Whether something is written of which nobody knows whether it will be committed. */
  public boolean somethingIsOpen() throws InterruptedException {
    Map<TopicPartition, Long> readable = readable();
    return !reached(readable, written());
  }

  /**
   * Returns when all can be read that is below these ends, or is known to be aborted.
   *
   * @return when that was, on the monotonic clock, to 5 ms
   */
  public long awaitReadable(Map<TopicPartition, Long> ends) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!reached(readable(), ends)) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("readers are still held after " + LIMIT);
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
    return System.nanoTime();
  }

  private static boolean reached(
      Map<TopicPartition, Long> readable, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> readable.getOrDefault(end.getKey(), 0L) >= end.getValue());
  }

  private Map<TopicPartition, Long> ends(IsolationLevel isolation) throws InterruptedException {
    Map<TopicPartition, OffsetSpec> latest =
        partitions.stream().collect(Collectors.toMap(p -> p, _ -> OffsetSpec.latest()));
    try {
      Map<TopicPartition, ListOffsetsResultInfo> found =
          admin.listOffsets(latest, new ListOffsetsOptions(isolation)).all().get();
      return found.entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, end -> end.getValue().offset()));
    } catch (ExecutionException e) {
      throw new KafkaException("the ends of the topics could not be read", e.getCause());
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
