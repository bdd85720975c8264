package courtside.service.letter;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How many bytes of dead letters a process may write: so many a minute, and no more at once. What
 * sends it nothing but rubbish must not push out of the log what is worth keeping. Thread-safe.
 */
public final class DeadLetterBudget {
  private static final double MINUTE = Duration.ofMinutes(1).toNanos();

  private final double perMinute;
  private final LongSupplier nanoTime;

  // Guarded by this.
  private double left;
  private long last;

  /**
   * A full budget.
   *
   * @param perMinute bytes; 0 for none
   * @param nanoTime monotonic
   */
  public DeadLetterBudget(long perMinute, LongSupplier nanoTime) {
    this.perMinute = perMinute;
    this.nanoTime = nanoTime;
    this.left = perMinute;
    this.last = nanoTime.getAsLong();
  }

  /** Takes that many bytes out of it, if they are there. */
  public synchronized boolean take(int bytes) {
    long now = nanoTime.getAsLong();
    left = Math.min(perMinute, left + perMinute * ((now - last) / MINUTE));
    last = now;
    if (bytes > left) {
      return false;
    }
    left -= bytes;
    return true;
  }
}
