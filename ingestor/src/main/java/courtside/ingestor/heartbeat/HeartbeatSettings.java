package courtside.ingestor.heartbeat;

import java.time.Duration;

/**
 * When silence is too long. Immutable.
 *
 * @param timeout silence longer than this is a timeout
 * @param checkPeriod how often a periodic monitor looks; it detects up to two periods late
 * @param maxConsecutiveTimeouts how many checks in a row must find a timeout before a reconnection
 * @param mode whether to look periodically or when the timeout is due
 */
public record HeartbeatSettings(
    Duration timeout, Duration checkPeriod, int maxConsecutiveTimeouts, Mode mode) {

  /** When the monitor looks. */
  public enum Mode {
    /** At the timeout itself: silence is detected within one wake-up of the timer. */
    DEADLINE,
    /** Every check period, counting consecutive timeouts. */
    PERIODIC,
  }

  /** 20 s, looked at every 10 s, two timeouts in a row; by deadline. */
  public static final HeartbeatSettings DEFAULT =
      new HeartbeatSettings(Duration.ofSeconds(20), Duration.ofSeconds(10), 2, Mode.DEADLINE);

  /**
   * Takes positive values.
   *
   * @throws IllegalArgumentException if one is not positive
   */
  public HeartbeatSettings {
    if (timeout.isNegative()
        || timeout.isZero()
        || checkPeriod.isNegative()
        || checkPeriod.isZero()
        || maxConsecutiveTimeouts < 1) {
      throw new IllegalArgumentException("timeout, period and maximum must be positive");
    }
  }
}
