package courtside.processor.apply;

import courtside.eventlog.feed.FeedVersion;
import java.util.Optional;

/**
 * What was done with one definition. Immutable.
 *
 * @param set the id of the set that it was written with, where it was
 */
public record Applied(FeedVersion version, Outcome outcome, Optional<String> set) {
  /** What came of it. */
  public enum Outcome {
    /** It was new, and is written. */
    WRITTEN,
    /** It is what is served, or what will be. */
    UNCHANGED,
    /** It is the version that was served before: nothing is written, a rollback brings it back. */
    PREVIOUS,
    /** It is being removed: nothing is written until it is gone. */
    BEING_REMOVED,
    /** It keeps items longer than history reaches, less a day: a replay would lack some. */
    KEEPS_TOO_LONG,
  }
}
