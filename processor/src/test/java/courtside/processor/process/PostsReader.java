package courtside.processor.process;

import static org.awaitility.Awaitility.await;

import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.Topics;
import courtside.testkit.process.CommittedStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads what becomes of {@link PostTraffic} as any {@code read_committed} reader of {@code posts}
 * does, and keeps when each event came. Thread-safe.
 */
public final class PostsReader implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  // Guarded by this.
  private final Map<Long, Integer> times = new HashMap<>();
  private final List<TreeMap<Long, Long>> newest = new ArrayList<>();

  private final CommittedStream stream;

  private PostsReader(String bootstrap) {
    for (int i = 0; i < Topics.POSTS.partitions(); i++) {
      newest.add(new TreeMap<>());
    }
    this.stream =
        CommittedStream.start(
            bootstrap, Topics.POSTS.name(), Topics.POSTS.partitions(), this::note);
  }

  /** Starts to read from the beginning; waits for neither topic nor broker. */
  public static PostsReader start(String bootstrap) {
    return new PostsReader(bootstrap);
  }

  private synchronized void note(ConsumerRecord<byte[], byte[]> record, long now) {
    long number = PostEvent.FORMAT.decode(record.value()).origin().seq();
    times.merge(number, 1, Integer::sum);
    newest.get(record.partition()).putIfAbsent(number, now);
  }

  /**
   * Returns when an event came of a frame with a number above this, in any partition.
   *
   * @return when that was, on the monotonic clock
   */
  public long awaitAfter(long number) {
    return awaitMoment(number, 1);
  }

  /**
   * Returns when one came in every partition.
   *
   * @return when that was in the last of them, on the monotonic clock
   */
  public long awaitEverywhereAfter(long number) {
    return awaitMoment(number, Topics.POSTS.partitions());
  }

  private long awaitMoment(long number, int partitions) {
    return await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> moment(number, partitions), OptionalLong::isPresent)
        .getAsLong();
  }

  private synchronized OptionalLong moment(long number, int partitions) {
    stream.requireRunning();
    List<Long> moments =
        newest.stream()
            .map(times -> times.higherEntry(number))
            .filter(first -> first != null)
            .map(Map.Entry::getValue)
            .sorted()
            .toList();
    return moments.size() < partitions
        ? OptionalLong.empty()
        : OptionalLong.of(moments.get(partitions - 1));
  }

  /** Returns when so many different events have come. */
  public void awaitCount(long count) {
    await()
        .atMost(LIMIT)
        .until(() -> {
          stream.requireRunning();
          return count() >= count;
        });
  }

  private synchronized long count() {
    return times.size();
  }

  /** The numbers of which more than one event has come. */
  public synchronized List<Long> doubled() {
    return times.entrySet().stream()
        .filter(number -> number.getValue() > 1)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  @Override
  public void close() throws InterruptedException {
    stream.close();
  }
}
