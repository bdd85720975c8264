package courtside.feedapi.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
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
 * @param posts each as it is sent, by its uri
 */
record Listing(
    String feed, String name, String description, SequencedMap<String, ObjectNode> posts) {
  /** Where no feed is served. */
  static final Listing NONE = new Listing("", "", "", new LinkedHashMap<>());

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** The whole. */
  String whole() {
    ObjectNode body = JSON.objectNode();
    body.put("feed", feed).put("name", name).put("description", description);
    body.putArray("items").addAll(posts.values());
    return body.toString();
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
    ObjectNode body = JSON.objectNode();
    ArrayNode gone = body.putArray("gone");
    ArrayNode put = body.putArray("put");
    sent.posts.forEach((uri, post) -> {
      if (!isAsBefore(posts.get(uri), post)) {
        gone.add(uri);
      }
    });
    @Nullable String before = null;
    for (Map.Entry<String, ObjectNode> entry : posts.entrySet()) {
      if (!isAsBefore(sent.posts.get(entry.getKey()), entry.getValue())) {
        put.addObject().put("after", before).set("item", entry.getValue());
      }
      before = entry.getKey();
    }
    return Optional.of(body.toString());
  }

  /** The same post at the same time: among the others it stands where it stood. */
  private static boolean isAsBefore(@Nullable ObjectNode one, @Nullable ObjectNode other) {
    return one != null && one.equals(other);
  }

  /** Of these. */
  static Listing of(String feed, String name, String description, Collection<ObjectNode> posts) {
    SequencedMap<String, ObjectNode> byUri = new LinkedHashMap<>();
    posts.forEach(post -> byUri.put(post.path("uri").asText(), post));
    return new Listing(feed, name, description, byUri);
  }
}
