package courtside.ingestor.sequence;

import java.time.Duration;

/**
 * When a sequence is believed. Immutable.
 *
 * @param remembered how many of the last accepted frames are known again by their hash
 * @param plausibleStep how far one number may be above the one before
 * @param agreeing how many frames in a row make a doubtful sequence believed
 * @param heldBytes how much is held back at most, but for the frame that exceeds it
 * @param heldFor how long a doubtful frame is held back at most
 * @param gapSpan by how much time a first frame after a connect lies beyond the last before it,
 *     where something is lost
 * @param gapSample how many frames on each side that is judged by
 * @param gapWait how long frames are held back for that at most
 * @param skipsEvery how often skipped numbers are said at most
 */
public record SequencerSettings(
    int remembered,
    long plausibleStep,
    int agreeing,
    long heldBytes,
    Duration heldFor,
    Duration gapSpan,
    int gapSample,
    Duration gapWait,
    Duration skipsEvery) {

  /**
   * 65,536 frames are two minutes of a busy relay; no relay ever skipped ten million numbers, and
   * one that was renumbered moved by thousands of millions.
   */
  public static final SequencerSettings DEFAULT =
      new SequencerSettings(
          65_536,
          10_000_000,
          50,
          16 << 20,
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          21,
          Duration.ofSeconds(1),
          Duration.ofSeconds(1));

  /**
   * Takes positive values.
   *
   * @throws IllegalArgumentException if one is not positive
   */
  public SequencerSettings {
    if (remembered < 1
        || plausibleStep < 1
        || agreeing < 1
        || heldBytes < 1
        || !heldFor.isPositive()
        || !gapSpan.isPositive()
        || gapSample < 1
        || !gapWait.isPositive()
        || !skipsEvery.isPositive()) {
      throw new IllegalArgumentException("numbers, sizes and durations must be positive");
    }
  }
}
