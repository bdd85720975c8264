package courtside.feedapi.skeleton;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordUri;
import courtside.feedapi.store.FeedPage;
import courtside.feedapi.store.Feeds;
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
    Optional<PageCursor> cursor = parameters.optional("cursor").map(PageCursor::read);
    if (name.isEmpty()) {
      throw XrpcException.unknownFeed();
    }
    Generator.requireFilled(feeds);
    while (true) {
      ServedFeed feed = feeds.find(name.get()).orElseThrow(XrpcException::unknownFeed);
      ObjectNode body = page(feed, limit, cursor);
      // What is served no more may have been taken out while it was read.
      if (feeds.find(name.get()).filter(now -> now.version().equals(feed.version())).isPresent()) {
        return body;
      }
    }
  }

  private ObjectNode page(ServedFeed feed, int limit, Optional<PageCursor> cursor) {
    boolean peek = limit == 1 && cursor.isEmpty();
    Optional<String> first = peek || cursor.isPresent() ? Optional.empty() : feed.pinned();
    // Of the version that gave the first page: by this one, a post may be missed or come twice.
    Optional<String> shown = cursor.isPresent() ? cursor.get().pinned() : first;
    FeedPage page =
        feeds.page(
            feed, cursor.map(PageCursor::position), first.isPresent() ? limit - 1 : limit, shown);
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    page.next().ifPresent(next -> body.put("cursor", new PageCursor(next, shown).write()));
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
