package courtside.ingestor.sequence;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The times that the last frames carry, and how late they were when they were seen. Each is some
 * server's own clock, so only medians are used. Thread-safe.
 */
public final class FrameTimes {
  private static final int KEPT = 1_000;

  /** Few enough that a quiet relay is judged by what it does now. */
  private static final int LATELY = 101;

  // All guarded by this.
  private final long[] times = new long[KEPT];
  private final long[] lags = new long[LATELY];
  private long count;

  /**
   * Adds a frame that was accepted.
   *
   * @param frameTime what it says
   * @param seenAt when it was read
   */
  public synchronized void add(Instant frameTime, Instant seenAt) {
    times[(int) (count % KEPT)] = frameTime.toEpochMilli();
    lags[(int) (count % LATELY)] = seenAt.toEpochMilli() - frameTime.toEpochMilli();
    count++;
  }

  /** The median time of the last thousand; empty before the first. */
  public synchronized Optional<Instant> median() {
    return median(times).map(Instant::ofEpochMilli);
  }

  /**
   * The median of how late the last hundred were when they were seen; empty before the first. That
   * a relay has had nothing to send since makes none of them later.
   */
  public synchronized Optional<Duration> lag() {
    return median(lags).map(Duration::ofMillis);
  }

  private Optional<Long> median(long[] newest) {
    int held = (int) Math.min(count, newest.length);
    if (held == 0) {
      return Optional.empty();
    }
    long[] sorted = Arrays.copyOf(newest, held);
    Arrays.sort(sorted);
    return Optional.of(sorted[held / 2]);
  }
}
