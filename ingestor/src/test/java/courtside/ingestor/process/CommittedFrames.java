package courtside.ingestor.process;

import courtside.atproto.Bytes;
import courtside.eventlog.topic.Topics;
import courtside.testkit.process.CommittedStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * When each frame first came to a {@code read_committed} reader, which reads on a thread of its
 * own. Frames are known by their bytes, whatever their number. Thread-safe.
 */
public final class CommittedFrames implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  // Guarded by this.
  private final Map<Bytes, Long> times = new HashMap<>();

  private final CommittedStream stream;

  private CommittedFrames(String bootstrap) {
    this.stream =
        CommittedStream.start(
            bootstrap,
            Topics.FRAMES.name(),
            Topics.FRAMES.partitions(),
            (record, now) -> add(Bytes.of(record.value()), now));
  }

  /** Starts to read; waits for no topic. */
  public static CommittedFrames start(String bootstrap) {
    return new CommittedFrames(bootstrap);
  }

  private synchronized void add(Bytes frame, long now) {
    times.putIfAbsent(frame, now);
  }

  private synchronized boolean has(Bytes frame) {
    stream.requireRunning();
    return times.containsKey(frame);
  }

  /**
   * Waits for a frame.
   *
   * @return when it came, on the monotonic clock
   */
  public long await(Bytes frame) {
    Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(() -> has(frame));
    synchronized (this) {
      return times.getOrDefault(frame, 0L);
    }
  }

  @Override
  public void close() throws InterruptedException {
    stream.close();
  }
}
