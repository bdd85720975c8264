package courtside.processor.model;

import courtside.eventlog.feed.FeedItem;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** What is wrong with a feed. */
final class Difference {
  private Difference() {}

  /** A line for each item that is not what it must be. */
  static String text(
      String feed, Instant at, Map<String, FeedItem> expected, Map<String, FeedItem> found) {
    StringBuilder text = new StringBuilder("at " + at + " in " + feed);
    TreeSet<String> uris = new TreeSet<>(expected.keySet());
    uris.addAll(found.keySet());
    for (String uri : uris) {
      FeedItem must = expected.get(uri);
      FeedItem is = found.get(uri);
      if (!Objects.equals(must, is)) {
        text.append("\n  ")
            .append(uri)
            .append("\n    expected ")
            .append(must == null ? "nothing" : must)
            .append("\n    found    ")
            .append(is == null ? "nothing" : is);
      }
    }
    return text.toString();
  }
}
