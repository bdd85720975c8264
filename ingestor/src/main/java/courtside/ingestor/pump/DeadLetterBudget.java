package courtside.ingestor.pump;

import java.time.Duration;

/**
 * How many bytes of dead letters may be written: so many a minute, and no more at once. A relay
 * that sends nothing but rubbish must not push out of the log what is worth keeping. Confined to
 * one thread.
 */
final class DeadLetterBudget {
  private static final double MINUTE = Duration.ofMinutes(1).toNanos();

  private final double perMinute;
  private double left;
  private long last;

  /**
   * A full budget.
   *
   * @param perMinute bytes
   */
  DeadLetterBudget(long perMinute, long now) {
    this.perMinute = perMinute;
    this.left = perMinute;
    this.last = now;
  }

  /** Takes that many bytes out of it, if they are there. */
  boolean take(int bytes, long now) {
    left = Math.min(perMinute, left + perMinute * ((now - last) / MINUTE));
    last = now;
    if (bytes > left) {
      return false;
    }
    left -= bytes;
    return true;
  }
}
