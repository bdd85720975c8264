package courtside.ingestor.relay;

import courtside.ingestor.heartbeat.HeartbeatSettings;
import courtside.ingestor.heartbeat.ProgressSettings;
import java.time.Duration;

/**
 * How a relay is read, whichever it is. Immutable. Every duration is positive.
 *
 * @param heartbeat when silence is too long
 * @param progress when an unfinished message is no silence
 * @param trickle when too little is no better than silence
 * @param dialDeadline for TCP, TLS and the upgrade together
 * @param firstDelay the wait after the first failure
 * @param longestDelay what the wait doubles up to
 * @param longestRetryAfter how much of what a relay asks for in {@code Retry-After} is obeyed
 * @param stableAfter data must have flowed for this long, or for {@code stableFrames} frames,
 *     before the wait begins anew
 * @param stableFrames so many frames on one connection show that it works; at least 1
 * @param pingPeriod how often a ping is written; less than 55 s, at which some platforms cut idle
 *     sockets
 */
public record RelaySettings(
    HeartbeatSettings heartbeat,
    ProgressSettings progress,
    TrickleSettings trickle,
    Duration dialDeadline,
    Duration firstDelay,
    Duration longestDelay,
    Duration longestRetryAfter,
    Duration stableAfter,
    int stableFrames,
    Duration pingPeriod) {
  private static final Duration CUT = Duration.ofSeconds(55);
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration MOST = Duration.ofDays(365);

  /** What holds unless somebody has a reason. */
  public static final RelaySettings DEFAULT =
      new RelaySettings(
          HeartbeatSettings.DEFAULT,
          ProgressSettings.DEFAULT,
          TrickleSettings.DEFAULT,
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofMinutes(10),
          Duration.ofSeconds(30),
          1_000,
          Duration.ofSeconds(30));

  /**
   * Takes what makes sense.
   *
   * @throws IllegalArgumentException that names what does not
   */
  public RelaySettings {
    check("dialDeadline", dialDeadline);
    check("firstDelay", firstDelay);
    check("longestDelay", longestDelay);
    check("longestRetryAfter", longestRetryAfter);
    check("stableAfter", stableAfter);
    check("pingPeriod", pingPeriod);
    if (firstDelay.compareTo(longestDelay) > 0) {
      throw new IllegalArgumentException(
          "firstDelay must be at most longestDelay, but they are "
              + firstDelay
              + " and "
              + longestDelay);
    }
    if (stableFrames < 1) {
      throw new IllegalArgumentException("stableFrames must be at least 1, but is " + stableFrames);
    }
    if (pingPeriod.compareTo(CUT) >= 0) {
      throw new IllegalArgumentException(
          "pingPeriod must be less than " + CUT + ", but is " + pingPeriod);
    }
  }

  private static void check(String name, Duration value) {
    if (value.compareTo(LEAST) < 0 || value.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(
          name + " must be from " + LEAST + " to " + MOST + ", but is " + value);
    }
  }

  /** The same with another heartbeat. */
  public RelaySettings withHeartbeat(HeartbeatSettings other) {
    return new RelaySettings(
        other,
        progress,
        trickle,
        dialDeadline,
        firstDelay,
        longestDelay,
        longestRetryAfter,
        stableAfter,
        stableFrames,
        pingPeriod);
  }

  /**
   * The same at another pace: every time multiplied, but never below 1 ms, and that of the pings
   * never up to where idle sockets are cut.
   */
  public RelaySettings scaled(double factor) {
    Duration ping = scaled(pingPeriod, factor);
    return new RelaySettings(
        heartbeat.scaled(factor),
        progress.scaled(factor),
        trickle.scaled(factor),
        scaled(dialDeadline, factor),
        scaled(firstDelay, factor),
        scaled(longestDelay, factor),
        scaled(longestRetryAfter, factor),
        scaled(stableAfter, factor),
        stableFrames,
        ping.compareTo(CUT) < 0 ? ping : pingPeriod);
  }

  static Duration scaled(Duration value, double factor) {
    Duration scaled = Duration.ofNanos((long) (value.toNanos() * factor));
    return scaled.compareTo(LEAST) < 0 ? LEAST : scaled;
  }
}
