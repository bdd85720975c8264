package courtside.processor.steward;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the steward has decided and not yet written. All of it belongs into one transaction.
 * Immutable.
 *
 * @param states the states that change
 * @param gone versions of which nothing is left: their definitions and statuses are tombstoned
 * @param answers the wishes that are dealt with once this is written, by key, those of earlier
 *     decisions included; the newest {@link Steward#MOST_ANSWERS} of them
 * @param setsToEnd the sets whose last version is in {@code gone}: their groups and internal topics
 *     are to be deleted. Who is killed before that finds them by their groups
 */
record Decision(
    Map<RecordKey, FeedState> states,
    Set<FeedVersion> gone,
    Map<String, Answer> answers,
    Set<String> setsToEnd) {

  /** Copies the collections. */
  Decision {
    states = Map.copyOf(states);
    gone = Set.copyOf(gone);
    answers = Map.copyOf(answers);
    setsToEnd = Set.copyOf(setsToEnd);
  }

  /**
   * What became of a wish. Immutable.
   *
   * @param wish its id
   * @param refusal why it was not carried out, where it was not
   */
  record Answer(String wish, Optional<String> refusal) {}

  /** Whether there is nothing to write. */
  boolean isEmpty() {
    return states.isEmpty() && gone.isEmpty();
  }
}
