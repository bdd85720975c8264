package courtside.feedapi.store;

import java.util.List;
import java.util.Optional;

/**
 * Some items of a feed, newest first. Immutable.
 *
 * @param next where the next page begins, below this position; empty where nothing is left
 */
public record FeedPage(List<FeedEntry> entries, Optional<Position> next) {
  /** Copies the list. */
  public FeedPage {
    entries = List.copyOf(entries);
  }
}
