package courtside.feedapi.page;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest posts of a feed as they are shown, newest first. Immutable.
 *
 * @param feed the feed's name; empty where none is served
 * @param name the same for people
 * @param posts each as it is sent, an object of JSON, by its uri
 */
record Listing(String feed, String name, String description, SequencedMap<String, String> posts) {
  /** Where no feed is served. */
  static final Listing NONE = new Listing("", "", "", new LinkedHashMap<>());

  /** Writes the whole, post by post: of a thousand a copy would be large. */
  void writeTo(Writer out) throws IOException {
    out.write("{\"feed\":" + quoted(feed));
    out.write(",\"name\":" + quoted(name));
    out.write(",\"description\":" + quoted(description) + ",\"items\":[");
    String separator = "";
    for (String post : posts.values()) {
      out.write(separator);
      out.write(post);
      separator = ",";
    }
    out.write("]}");
  }

  /**
   * What has to be done to one that was sent before: take some out, and then put others in, one
   * after the other, each behind the one that is named, or first. Empty where that is the whole.
   */
  Optional<String> since(Listing sent) {
    if (!feed.equals(sent.feed)
        || !name.equals(sent.name)
        || !description.equals(sent.description)) {
      return Optional.empty();
    }
    StringBuilder change = new StringBuilder("{\"gone\":[");
    String separator = "";
    for (Map.Entry<String, String> post : sent.posts.entrySet()) {
      if (!post.getValue().equals(posts.get(post.getKey()))) {
        change.append(separator).append(quoted(post.getKey()));
        separator = ",";
      }
    }
    change.append("],\"put\":[");
    separator = "";
    @Nullable String before = null;
    for (Map.Entry<String, String> post : posts.entrySet()) {
      // The same post at the same time stands among the others where it stood.
      if (!post.getValue().equals(sent.posts.get(post.getKey()))) {
        change
            .append(separator)
            .append("{\"after\":")
            .append(before == null ? "null" : quoted(before))
            .append(",\"item\":")
            .append(post.getValue())
            .append('}');
        separator = ",";
      }
      before = post.getKey();
    }
    return Optional.of(change.append("]}").toString());
  }

  private static String quoted(String text) {
    return TextNode.valueOf(text).toString();
  }
}
