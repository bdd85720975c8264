package courtside.ingestor.pump;

import java.time.Duration;

/** How many of something there were a second, over the last ten seconds. Thread-safe. */
final class Rate {
  private static final int SECONDS = 10;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  // All guarded by this.
  private final long[] counts = new long[SECONDS];
  private final long start;
  private long newest;

  Rate(long now) {
    this.start = now;
  }

  synchronized void add(int count, long now) {
    advance(now);
    counts[(int) (newest % SECONDS)] += count;
  }

  /** The mean of the last ten whole seconds and the one under way. */
  synchronized double perSecond(long now) {
    advance(now);
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    double seconds = Math.min(SECONDS, Math.max(1.0, (double) (now - start) / SECOND));
    return total / seconds;
  }

  private void advance(long now) {
    long second = (now - start) / SECOND;
    for (long passed = newest + 1; passed <= second && passed <= newest + SECONDS; passed++) {
      counts[(int) (passed % SECONDS)] = 0;
    }
    newest = Math.max(newest, second);
  }
}
