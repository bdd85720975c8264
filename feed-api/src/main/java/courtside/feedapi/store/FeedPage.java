package courtside.feedapi.store;

import java.util.List;
import java.util.Optional;

/**
 * Some items of a feed, newest first. Immutable.
 *
 * @param generation of the feed's newest items, from which it was read, as {@link Feeds#generation}
 * @param next where the next page begins, below this position; empty where nothing is left
 */
public record FeedPage(long generation, List<FeedEntry> entries, Optional<Position> next) {
  /** Copies the list. */
  public FeedPage {
    entries = List.copyOf(entries);
  }
}
