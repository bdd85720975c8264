package courtside.ingestor.relay;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next dial: from the first delay, doubling to the longest, each
 * between half of it and the whole. Not thread-safe.
 */
final class Backoff {
  private final long first;
  private final long longest;
  private final RandomGenerator random;
  private long full;

  Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.first = first.toNanos();
    this.longest = longest.toNanos();
    this.random = random;
    this.full = this.first;
  }

  /** The wait before the next attempt. */
  Duration next() {
    long delay = full;
    // Halves are compared, so that no doubling overflows.
    full = delay > longest / 2 ? longest : delay * 2;
    return Duration.ofNanos(delay / 2 + random.nextLong(delay - delay / 2 + 1));
  }

  /** Data has flowed for a while: begin anew. */
  void reset() {
    full = first;
  }
}
