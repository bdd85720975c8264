package courtside.processor.streams;

import courtside.eventlog.topic.Topic;
import courtside.service.Rounds;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the broker once a second where partitions end, on a thread of its own, so that a task need
 * not. While the broker does not answer, the last known ends stand. Thread-safe.
 */
public final class LogEnds implements PartitionEnds, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogEnds.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final int TIMEOUT_MS = 5_000;

  /** Longer than an answer may take. */
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final Admin admin;
  private final Collection<Topic> topics;
  private final LongSupplier nanoTime;
  private final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
  private final Rounds rounds;

  private volatile long answeredAt;

  private LogEnds(Admin admin, Collection<Topic> topics, LongSupplier nanoTime) {
    this.admin = admin;
    this.topics = topics;
    this.nanoTime = nanoTime;
    this.answeredAt = nanoTime.getAsLong();
    // Where it cannot go on ends are soon no longer fresh, which whoever asks is told.
    this.rounds = Rounds.start("log-ends", PERIOD, this::ask, () -> {});
  }

  /**
   * Starts to ask.
   *
   * @param admin stays the caller's, and must outlive this
   * @param nanoTime monotonic
   */
  public static LogEnds start(Admin admin, Collection<Topic> topics, LongSupplier nanoTime) {
    return new LogEnds(admin, topics, nanoTime);
  }

  /**
   * The ends of a topic's partitions now, in their order, as a reader of committed records sees
   * them.
   *
   * @throws ExecutionException if the broker does not say
   */
  public static Map<TopicPartition, Long> now(Admin admin, Collection<Topic> topics)
      throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetSpec> asked =
        topics.stream()
            .flatMap(LogEnds::partitions)
            .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
    ListOffsetsOptions options = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
    options.timeoutMs(TIMEOUT_MS);
    return admin.listOffsets(asked, options).all().get().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  @Override
  public OptionalLong end(TopicPartition partition) {
    Long end = ends.get(partition);
    return end == null ? OptionalLong.empty() : OptionalLong.of(end);
  }

  @Override
  public boolean areFresh() {
    return nanoTime.getAsLong() - answeredAt < FRESH.toNanos();
  }

  private static Stream<TopicPartition> partitions(Topic topic) {
    return IntStream.range(0, topic.partitions())
        .mapToObj(partition -> new TopicPartition(topic.name(), partition));
  }

  private void ask() throws InterruptedException {
    try {
      ends.putAll(now(admin, topics));
      answeredAt = nanoTime.getAsLong();
    } catch (ExecutionException e) {
      LOG.atDebug().addKeyValue("reason", String.valueOf(e.getCause())).log("ends not known");
    }
  }

  @Override
  public void close() {
    rounds.close();
  }
}
