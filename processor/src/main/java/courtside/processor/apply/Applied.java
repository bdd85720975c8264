package courtside.processor.apply;

import courtside.eventlog.feed.FeedVersion;
import java.util.Optional;

/**
 * What was done with one definition. Immutable.
 *
 * @param set the id of the set that it was written with, where it was
 * @param wish the id of the wish that was written in its place, where one was; the steward answers
 *     it
 */
public record Applied(
    FeedVersion version, Outcome outcome, Optional<String> set, Optional<String> wish) {
  /** Why nothing was written although something new was asked for, where that is so. */
  public Optional<String> refusal() {
    return switch (outcome) {
      case WRITTEN, UNCHANGED, ROLLBACK -> Optional.empty();
      case PREVIOUS ->
          Optional.of(
              "it is the version before the one served, and applying it is a rollback, which waits"
                  + " for nobody: apply it without hold");
      case BEING_REMOVED -> Optional.of("it is being removed: apply it once it is gone");
      case KEEPS_TOO_LONG ->
          Optional.of(
              "expected to keep items for at most "
                  + Plan.LONGEST_KEEP.toDays()
                  + " days, as far as history reaches less a day, found more");
    };
  }

  /** What came of it. */
  public enum Outcome {
    /** It was new, and is written. */
    WRITTEN,
    /** It is what is served, or what will be. */
    UNCHANGED,
    /** It is the version that was served before: a rollback to it is wished. */
    ROLLBACK,
    /** It is the version that was served before, and was to be held: nothing is written. */
    PREVIOUS,
    /** It is being removed: nothing is written until it is gone. */
    BEING_REMOVED,
    /** It keeps items longer than history reaches, less a day: a replay would lack some. */
    KEEPS_TOO_LONG,
  }
}
