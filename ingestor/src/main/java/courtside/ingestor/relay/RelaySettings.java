package courtside.ingestor.relay;

import courtside.ingestor.heartbeat.HeartbeatSettings;
import java.time.Duration;

/**
 * How a relay is read. Immutable.
 *
 * @param dialDeadline for TCP, TLS and the upgrade together
 * @param firstDelay the wait after the first failure
 * @param longestDelay what the wait doubles up to
 * @param stableAfter data must have flowed for this long, or for {@link #STABLE_FRAMES} frames,
 *     before the wait begins anew
 * @param pingPeriod how often a ping is written
 */
public record RelaySettings(
    RelayAddress relay,
    HeartbeatSettings heartbeat,
    Duration dialDeadline,
    Duration firstDelay,
    Duration longestDelay,
    Duration stableAfter,
    Duration pingPeriod) {
  /** So many frames on one connection show that it works. */
  static final int STABLE_FRAMES = 1_000;

  /** A relay with every other setting at its default. */
  public static RelaySettings of(RelayAddress relay, HeartbeatSettings heartbeat) {
    return new RelaySettings(
        relay,
        heartbeat,
        Duration.ofSeconds(10),
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30));
  }
}
