package courtside.ingestor.relay;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next dial: from the first delay, doubling to the longest, each
 * between half of it and the whole. Not thread-safe.
 */
final class Backoff {
  private final Duration first;
  private final Duration longest;
  private final RandomGenerator random;
  private int attempt;

  Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.first = first;
    this.longest = longest;
    this.random = random;
  }

  /** The wait before the next attempt. */
  Duration next() {
    long full = Math.min(longest.toNanos(), first.toNanos() << Math.min(attempt, 30));
    // Shifting a long delay may overflow; then it is beyond the longest.
    long delay = full <= 0 ? longest.toNanos() : full;
    attempt++;
    return Duration.ofNanos(delay / 2 + random.nextLong(delay / 2 + 1));
  }

  /** Data has flowed for a while: begin anew. */
  void reset() {
    attempt = 0;
  }
}
