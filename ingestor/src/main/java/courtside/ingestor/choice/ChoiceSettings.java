package courtside.ingestor.choice;

import java.time.Duration;

/**
 * When another relay is read. Immutable.
 *
 * @param failedAttempts so many attempts in a row without a connection that worked
 * @param lagLimit how far behind the clock the frames of a relay may be
 * @param lagFor how long they have to be further behind than that, without gaining
 * @param healthyProbes so many probes in a row that the preferred relay has to pass before it is
 *     read again
 */
public record ChoiceSettings(
    int failedAttempts, Duration lagLimit, Duration lagFor, int healthyProbes) {
  /**
   * Five attempts are about 30 s; a lag of 10 minutes that stays for one; five minutes of probes.
   */
  public static final ChoiceSettings DEFAULT =
      new ChoiceSettings(5, Duration.ofMinutes(10), Duration.ofMinutes(1), 5);
}
