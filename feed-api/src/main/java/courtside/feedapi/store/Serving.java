package courtside.feedapi.store;

import courtside.eventlog.feed.FeedState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Decides which version of each feed this replica serves. Pure. */
final class Serving {
  private Serving() {}

  /**
   * The version of each feed. One that is served stays until this replica has read what the next
   * one consists of; a feed of which nothing is served yet is served at once, while it fills.
   *
   * @param current what is served now
   * @param offsets the next offset of each partition of {@code feed.items}
   */
  static Map<String, String> choose(
      Map<String, FeedState> states, Map<String, String> current, Map<Integer, Long> offsets) {
    Map<String, String> chosen = new HashMap<>();
    states.forEach((feed, state) -> {
      if (state.deleted() || state.served().isEmpty()) {
        return;
      }
      String wanted = state.served().get();
      String now = current.get(feed);
      chosen.put(feed, now == null || passed(state.endOffsets(), offsets) ? wanted : now);
    });
    return chosen;
  }

  private static boolean passed(List<Long> ends, Map<Integer, Long> offsets) {
    for (int partition = 0; partition < ends.size(); partition++) {
      if (offsets.getOrDefault(partition, 0L) < ends.get(partition)) {
        return false;
      }
    }
    return true;
  }
}
