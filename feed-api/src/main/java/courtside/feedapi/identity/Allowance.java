package courtside.feedapi.identity;

import java.util.function.LongSupplier;

/** So many a second, and after a while of none as many at once. Thread-safe. */
final class Allowance {
  private static final double NANOS_PER_SECOND = 1e9;

  private final int perSecond;
  private final LongSupplier nanoTime;

  // Guarded by this.
  private double left;
  private long since;

  Allowance(int perSecond, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
    this.left = perSecond;
    this.since = nanoTime.getAsLong();
  }

  /** Takes one, if there is one. */
  synchronized boolean take() {
    long now = nanoTime.getAsLong();
    left = Math.min(perSecond, left + (now - since) / NANOS_PER_SECOND * perSecond);
    since = now;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }
}
