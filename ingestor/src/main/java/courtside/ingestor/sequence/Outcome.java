package courtside.ingestor.sequence;

import java.time.Duration;
import java.util.Optional;

/**
 * What became of a frame, or what was found out beside it. Every frame that is given has exactly
 * one of the first five outcomes, at once or later; a finding stands before the frame that it is
 * about. Immutable.
 *
 * @param <F> what the sequencer carries
 */
public sealed interface Outcome<F> {
  /**
   * A numbered frame is new: write it.
   *
   * @param at the position after it
   */
  record Accepted<F>(F frame, Position at) implements Outcome<F> {}

  /**
   * A frame without a number: write it.
   *
   * @param at the position that it follows
   */
  record Passed<F>(F frame, Position at) implements Outcome<F> {}

  /** It was accepted before, or is held already: count it. */
  record Duplicate<F>(F frame) implements Outcome<F> {}

  /**
   * Its number belongs to no sequence, as the old one went on: it goes whole to the dead letters.
   *
   * @param at the position that it does not follow
   */
  record Contradicted<F>(F frame, Position at) implements Outcome<F> {}

  /** It was still held when its connection ended; the relay sends it again: forget it. */
  record Dropped<F>(F frame) implements Outcome<F> {}

  /**
   * The numbering began anew.
   *
   * @param before the last position of the epoch before
   * @param first the position after the first frame of this one
   * @param unresumed whether the connection brought nothing of the one before: what this one had
   *     before its first frame is not had either
   */
  record EpochBegan<F>(Position before, Position first, boolean unresumed) implements Outcome<F> {}

  /**
   * Frames that exist are not had.
   *
   * @param from the last number before
   * @param to the first number after
   * @param span about how much time is missing, where frame times tell
   */
  record Gap<F>(long from, long to, Optional<Duration> span, Reason reason) implements Outcome<F> {
    /** How it is known. A closed set, safe as a metric label. */
    public enum Reason {
      /** The relay said so. */
      OUTDATED_CURSOR,
      /** The frames after a connect are younger than those before by too much. */
      TIME,
      /** Numbers are missing after a connect, and frame times do not tell whether frames are. */
      UNKNOWN_TIME,
      /** The numbers went up by more than is plausible. */
      JUMP,
    }
  }

  /**
   * Numbers passed over without a loss since this was last said.
   *
   * @param from the last number before the first of them
   * @param to the first number after the last of them
   * @param numbers how many were passed over between the two
   */
  record Skipped<F>(long from, long to, long numbers) implements Outcome<F> {}
}
