package courtside.ingestor.relay;

import java.time.Duration;

/**
 * When a relay that still sends sends too little. Immutable.
 *
 * @param fraction a rate below this part of the usual one is a trickle; more than 0, less than 1
 * @param suspiciousBelow frames a second; at this rate or above nothing is a trickle. After a long
 *     backlog was read the rate falls by more than any fraction, and nothing is wrong
 * @param lasting for how long the rate must be so low; at least 6 ms
 * @param usualOver how far back the usual rate is looked for; 1 to 1,000 times {@code lasting}
 * @param between from one reconnection for this reason to the next, at least; positive
 */
public record TrickleSettings(
    double fraction,
    double suspiciousBelow,
    Duration lasting,
    Duration usualOver,
    Duration between) {
  private static final int MOST_PARTS = 1_000;

  /**
   * Under a twentieth of the ten minutes before, for a minute; once in five minutes at most. The
   * whole network makes 350 frames a second, a twentieth of which is less than 20.
   */
  public static final TrickleSettings DEFAULT =
      new TrickleSettings(
          0.05, 20, Duration.ofSeconds(60), Duration.ofMinutes(10), Duration.ofMinutes(5));

  /**
   * Takes what makes sense.
   *
   * @throws IllegalArgumentException that says what does not
   */
  public TrickleSettings {
    if (!(fraction > 0 && fraction < 1) || !(suspiciousBelow > 0)) {
      throw new IllegalArgumentException(
          "fraction must be between 0 and 1 and suspiciousBelow positive, but they are "
              + fraction
              + " and "
              + suspiciousBelow);
    }
    if (lasting.compareTo(Duration.ofMillis(6)) < 0
        || usualOver.compareTo(lasting) < 0
        || usualOver.dividedBy(lasting) > MOST_PARTS
        || !between.isPositive()) {
      throw new IllegalArgumentException(
          "lasting must be at least 6 ms, usualOver 1 to "
              + MOST_PARTS
              + " times that, and between positive, but they are "
              + lasting
              + ", "
              + usualOver
              + " and "
              + between);
    }
  }

  /** The same at another pace: every time multiplied; the rate stays. */
  public TrickleSettings scaled(double factor) {
    return new TrickleSettings(
        fraction,
        suspiciousBelow,
        RelaySettings.scaled(lasting, factor),
        RelaySettings.scaled(usualOver, factor),
        RelaySettings.scaled(between, factor));
  }
}
