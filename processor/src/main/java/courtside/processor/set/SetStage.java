package courtside.processor.set;

import courtside.processor.streams.Stage;
import java.util.List;
import java.util.OptionalDouble;

/**
 * One set on this instance, at one moment. Immutable.
 *
 * @param set its id
 * @param feeds those of which it matches a version, in a fixed order
 * @param matchRate how much of what its tasks have read since they started was a post that belongs
 *     to any of its feeds, from 0 to 1; empty until they have read something
 */
public record SetStage(String set, List<String> feeds, Stage stage, OptionalDouble matchRate) {
  /** Copies the list. */
  public SetStage {
    feeds = List.copyOf(feeds);
  }
}
