package courtside.ingestor.heartbeat;

import java.time.Duration;

/**
 * When the bytes of an unfinished message are worth waiting for. Immutable.
 *
 * @param leastBytesPerSecond slower than this is silence; at least 1
 * @param window how much haste before may make up for a pause; from 1 ms to 365 days
 * @param longest how long one message may take; from 1 ms to 365 days
 */
public record ProgressSettings(long leastBytesPerSecond, Duration window, Duration longest) {
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration MOST = Duration.ofDays(365);

  /** 10 KB/s over 20 s, for a minute: a message of 5 MB needs 83 KB/s for that. */
  public static final ProgressSettings DEFAULT =
      new ProgressSettings(10_000, Duration.ofSeconds(20), Duration.ofSeconds(60));

  /**
   * Takes what makes sense.
   *
   * @throws IllegalArgumentException that names what does not
   */
  public ProgressSettings {
    if (leastBytesPerSecond < 1) {
      throw new IllegalArgumentException(
          "leastBytesPerSecond must be at least 1, but is " + leastBytesPerSecond);
    }
    check("window", window);
    check("longest", longest);
  }

  private static void check(String name, Duration value) {
    if (value.compareTo(LEAST) < 0 || value.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(
          name + " must be from " + LEAST + " to " + MOST + ", but is " + value);
    }
  }

  /** The same at another pace: every time multiplied, but never below 1 ms; the rate stays. */
  public ProgressSettings scaled(double factor) {
    return new ProgressSettings(
        leastBytesPerSecond, scaled(window, factor), scaled(longest, factor));
  }

  private static Duration scaled(Duration value, double factor) {
    Duration scaled = Duration.ofNanos((long) (value.toNanos() * factor));
    return scaled.compareTo(LEAST) < 0 ? LEAST : scaled;
  }
}
