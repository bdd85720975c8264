package courtside.feedapi.skeleton;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import courtside.feedapi.store.FeedEntry;
import courtside.feedapi.store.FeedPage;
import courtside.feedapi.store.ServedFeed;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Writes a page as the lexicon has it, by hand, as most of a request's time would else go into it:
 * uris and versions consist of what stands in JSON as it is, but for a pinned post's, which is what
 * a definition says.
 */
final class PageWriter {
  /** Of an item, about. */
  private static final int ITEM_CHARS = 140;

  private static final String END = "\"}";

  private PageWriter() {}

  /**
   * A page up to its name, which {@link #named} adds.
   *
   * @param first a pinned post, to stand before the others
   * @param pinned the post that was pinned to the first page
   */
  static byte[] write(
      ServedFeed feed, FeedPage page, Optional<String> first, Optional<String> pinned) {
    StringBuilder json = new StringBuilder((page.entries().size() + 3) * ITEM_CHARS);
    json.append('{');
    if (page.next().isPresent()) {
      json.append("\"cursor\":\"");
      quote(json, new PageCursor(page.next().get(), pinned).write());
      json.append("\",");
    }
    json.append("\"feed\":[");
    String context = "\",\"feedContext\":\"" + feed.version().version() + END;
    String separator = "";
    if (first.isPresent()) {
      json.append("{\"reason\":{\"$type\":\"app.bsky.feed.defs#skeletonReasonPin\"},\"post\":\"");
      quote(json, first.get());
      json.append(context);
      separator = ",";
    }
    for (FeedEntry entry : page.entries()) {
      json.append(separator).append("{\"post\":\"").append(entry.uri()).append(context);
      separator = ",";
    }
    return json.append("],\"reqId\":\"").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void quote(StringBuilder json, String text) {
    JsonStringEncoder.getInstance().quoteAsString(text, json);
  }

  /** The whole of a page that {@link #write} began. */
  static byte[] named(byte[] page, String name) {
    byte[] end = (name + END).getBytes(StandardCharsets.UTF_8);
    byte[] whole = new byte[page.length + end.length];
    System.arraycopy(page, 0, whole, 0, page.length);
    System.arraycopy(end, 0, whole, page.length, end.length);
    return whole;
  }
}
