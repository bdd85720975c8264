package courtside.processor.set;

import courtside.processor.streams.Stage;
import java.util.List;

/**
 * One set on this instance, at one moment. Immutable.
 *
 * @param set its id
 * @param feeds those of which it matches a version, in a fixed order
 */
public record SetStage(String set, List<String> feeds, Stage stage) {
  /** Copies the list. */
  public SetStage {
    feeds = List.copyOf(feeds);
  }
}
