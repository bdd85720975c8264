package courtside.ingestor.heartbeat;

import java.time.Duration;

/**
 * When silence is too long. Immutable.
 *
 * @param timeout silence longer than this is a timeout; from 1 ms to 365 days
 * @param checkPeriod how often the watcher looks; from 1 ms to 365 days. A periodic monitor detects
 *     up to two periods late
 * @param maxConsecutiveTimeouts how many checks in a row must find a timeout before a periodic
 *     monitor gives its verdict; at least 1
 * @param mode whether to look periodically or when the timeout is due
 */
public record HeartbeatSettings(
    Duration timeout, Duration checkPeriod, int maxConsecutiveTimeouts, Mode mode) {
  private static final Duration LEAST = Duration.ofMillis(1);

  /** Sums and products of such times are far from where nanoseconds overflow. */
  private static final Duration MOST = Duration.ofDays(365);

  /** By deadline, the watcher looks at least this often within a timeout. */
  private static final int LOOKS = 4;

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
   * Takes what makes sense.
   *
   * @throws IllegalArgumentException that names what does not
   */
  public HeartbeatSettings {
    check("timeout", timeout);
    check("checkPeriod", checkPeriod);
    if (maxConsecutiveTimeouts < 1) {
      throw new IllegalArgumentException(
          "maxConsecutiveTimeouts must be at least 1, but is " + maxConsecutiveTimeouts);
    }
  }

  private static void check(String name, Duration value) {
    if (value.compareTo(LEAST) < 0 || value.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(
          name + " must be from " + LEAST + " to " + MOST + ", but is " + value);
    }
  }

  /** The same at another pace: every time multiplied, but never below 1 ms. */
  public HeartbeatSettings scaled(double factor) {
    return new HeartbeatSettings(
        scaled(timeout, factor), scaled(checkPeriod, factor), maxConsecutiveTimeouts, mode);
  }

  private static Duration scaled(Duration value, double factor) {
    Duration scaled = Duration.ofNanos((long) (value.toNanos() * factor));
    return scaled.compareTo(LEAST) < 0 ? LEAST : scaled;
  }

  /**
   * How far apart two looks are at most. By deadline it is no more than a quarter of the timeout:
   * two of those and the usual pause between messages stay below the timeout, so that no sleep of
   * the watcher is taken for the stream's silence.
   */
  Duration longestLook() {
    Duration part = timeout.dividedBy(LOOKS);
    return mode == Mode.DEADLINE && part.compareTo(checkPeriod) < 0 ? part : checkPeriod;
  }
}
