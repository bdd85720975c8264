package courtside.ingestor.pump;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The times that the last frames carry. Each is some server's own clock, so only their median is
 * used. Thread-safe.
 */
final class FrameTimes {
  private static final int KEPT = 1_000;

  // Both guarded by this.
  private final long[] millis = new long[KEPT];
  private long count;

  synchronized void add(Instant frameTime) {
    millis[(int) (count++ % KEPT)] = frameTime.toEpochMilli();
  }

  /** How far the median of the last frames lies behind now; empty before the first. */
  synchronized Optional<Duration> lag(Instant now) {
    int held = (int) Math.min(count, KEPT);
    if (held == 0) {
      return Optional.empty();
    }
    long[] sorted = Arrays.copyOf(millis, held);
    Arrays.sort(sorted);
    return Optional.of(Duration.ofMillis(now.toEpochMilli() - sorted[held / 2]));
  }
}
