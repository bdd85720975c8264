package courtside.feedapi.skeleton;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordUri;
import courtside.feedapi.store.FeedPage;
import courtside.feedapi.store.Feeds;
import courtside.feedapi.store.Position;
import courtside.feedapi.store.ServedFeed;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code app.bsky.feed.getFeedSkeleton}: a page of a feed, newest first, strictly below the cursor.
 * Pages neither repeat nor miss an item, whatever comes or goes between them. Thread-safe.
 *
 * <p>A pinned post stands first on the first page and nowhere else. A page of one is what clients
 * ask for to see whether there is anything new, so it is the newest item and never the pinned post
 * in its place.
 */
final class FeedSkeleton {
  private static final int DEFAULT_LIMIT = 50;
  private static final int MOST = 100;

  /** An address of a record whose authority may also be a handle. */
  private static final Pattern ADDRESS =
      Pattern.compile("at://[a-zA-Z0-9._:%-]+/[a-zA-Z0-9.-]+/[A-Za-z0-9._:~-]+");

  private final Feeds feeds;
  private final Did publisher;

  FeedSkeleton(Feeds feeds, Did publisher) {
    this.feeds = feeds;
    this.publisher = publisher;
  }

  ObjectNode answer(Parameters parameters) {
    Optional<String> name = name(parameters.required("feed"));
    int limit = parameters.number("limit", DEFAULT_LIMIT, 1, MOST);
    Optional<Position> after = parameters.optional("cursor").map(PageCursor::read);
    if (name.isEmpty()) {
      throw XrpcException.unknownFeed();
    }
    Generator.requireFilled(feeds);
    ServedFeed feed = feeds.find(name.get()).orElseThrow(XrpcException::unknownFeed);
    return page(feed, limit, after);
  }

  private ObjectNode page(ServedFeed feed, int limit, Optional<Position> after) {
    boolean peek = limit == 1 && after.isEmpty();
    Optional<String> pinned = peek ? Optional.empty() : feed.pinned();
    Optional<String> first = after.isEmpty() ? pinned : Optional.empty();
    FeedPage page = feeds.page(feed, after, first.isPresent() ? limit - 1 : limit, pinned);
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    page.next().ifPresent(next -> body.put("cursor", PageCursor.write(next)));
    ArrayNode posts = body.putArray("feed");
    first.ifPresent(uri ->
        posts
            .addObject()
            .put("post", uri)
            .putObject("reason")
            .put("$type", "app.bsky.feed.defs#skeletonReasonPin"));
    page.entries().forEach(entry -> posts.addObject().put("post", entry.uri()));
    return body;
  }

  /** The name in a feed's address; empty where the address is that of another's. */
  private Optional<String> name(String address) {
    try {
      RecordUri uri = RecordUri.parse(address);
      return uri.repo().equals(publisher) && uri.collection().value().equals(Generator.COLLECTION)
          ? Optional.of(uri.rkey().value())
          : Optional.empty();
    } catch (MalformedDataException e) {
      if (ADDRESS.matcher(address).matches()) {
        return Optional.empty();
      }
      throw XrpcException.invalidRequest("feed must be the address of a record");
    }
  }
}
