package courtside.ingestor.sequence;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The times that the last frames carry. Each is some server's own clock, so only their median is
 * used. Thread-safe.
 */
public final class FrameTimes {
  private static final int KEPT = 1_000;

  // Both guarded by this.
  private final long[] millis = new long[KEPT];
  private long count;

  /** Adds the time of a frame that was accepted. */
  public synchronized void add(Instant frameTime) {
    millis[(int) (count++ % KEPT)] = frameTime.toEpochMilli();
  }

  /** The median of the last thousand; empty before the first. */
  public synchronized Optional<Instant> median() {
    int held = (int) Math.min(count, KEPT);
    if (held == 0) {
      return Optional.empty();
    }
    long[] sorted = Arrays.copyOf(millis, held);
    Arrays.sort(sorted);
    return Optional.of(Instant.ofEpochMilli(sorted[held / 2]));
  }

  /** How far that median lies behind now; empty before the first. */
  public Optional<Duration> lag(Instant now) {
    return median().map(median -> Duration.between(median, now));
  }
}
