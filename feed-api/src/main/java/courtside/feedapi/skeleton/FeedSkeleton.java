package courtside.feedapi.skeleton;

import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordUri;
import courtside.feedapi.seen.SeenPosts;
import courtside.feedapi.store.FeedPage;
import courtside.feedapi.store.Feeds;
import courtside.feedapi.store.ServedFeed;
import courtside.feedapi.viewer.Asker;
import courtside.feedapi.viewer.Viewers;
import courtside.feedapi.xrpc.Call;
import courtside.feedapi.xrpc.Parameters;
import courtside.feedapi.xrpc.XrpcException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code app.bsky.feed.getFeedSkeleton}: a page of a feed, newest first, strictly below the cursor.
 * Pages neither repeat nor miss an item, whatever comes or goes between them. Thread-safe.
 *
 * <p>A pinned post stands first on the first page and nowhere else. A page of one is what clients
 * ask for to see whether there is anything new, so it is the newest item and never the pinned post
 * in its place. Each item says as {@code feedContext} by which version of the feed it was chosen,
 * and each page has a {@code reqId}: clients send both back with what viewers report.
 */
public final class FeedSkeleton {
  /** Its name, for which a token must have been made. */
  public static final Nsid METHOD = new Nsid("app.bsky.feed.getFeedSkeleton");

  private static final int DEFAULT_LIMIT = 50;
  private static final int MOST = 100;

  /** An address of a record whose authority may also be a handle. */
  private static final Pattern ADDRESS =
      Pattern.compile("at://[a-zA-Z0-9._:%-]+/[a-zA-Z0-9.-]+/[A-Za-z0-9._:~-]+");

  private final Feeds feeds;
  private final Did publisher;
  private final String own;
  private final RequestIds ids;
  private final Viewers viewers;
  private final SeenPosts seen;
  private final WrittenPages written;

  /**
   * Answers from these feeds.
   *
   * @param clock tells which items have expired
   * @param viewers tells who asks, where a feed hides what its viewer has seen
   */
  public FeedSkeleton(
      Feeds feeds,
      InstantSource clock,
      Did publisher,
      RequestIds ids,
      Viewers viewers,
      SeenPosts seen) {
    this.feeds = feeds;
    this.publisher = publisher;
    this.own = "at://" + publisher + "/" + Generator.COLLECTION + "/";
    this.ids = ids;
    this.viewers = viewers;
    this.seen = seen;
    this.written = new WrittenPages(clock);
  }

  /** Answers one call. */
  public byte[] answer(Call call) {
    Parameters parameters = call.parameters();
    Optional<String> name = name(parameters.required("feed"));
    int limit = parameters.number("limit", DEFAULT_LIMIT, 1, MOST);
    Optional<PageCursor> cursor = parameters.optional("cursor").map(PageCursor::read);
    if (name.isEmpty()) {
      throw XrpcException.unknownFeed();
    }
    Seen hidden = new Seen(call);
    while (true) {
      Generator.requireFilled(feeds);
      ServedFeed feed = feeds.find(name.get()).orElseThrow(XrpcException::unknownFeed);
      byte[] body = page(feed, limit, cursor, hidden.from(feed));
      // What is served no more may have been taken out while it was read.
      if (feeds.find(name.get()).filter(now -> now.version().equals(feed.version())).isPresent()) {
        return PageWriter.named(body, ids.next());
      }
    }
  }

  /**
   * What is hidden from who asks. A feed that hides nothing does not ask who that is. Hiding is a
   * courtesy: who does not say, or is not known just now, is shown everything. A token is looked at
   * once, as it is good for one look.
   */
  private final class Seen {
    private final Call call;
    private @Nullable Asker asker;

    Seen(Call call) {
      this.call = call;
    }

    Optional<Predicate<String>> from(ServedFeed feed) {
      if (!feed.hidesSeen()) {
        return Optional.empty();
      }
      Asker known = asker;
      if (known == null) {
        known = viewers.identify(call.authorization(), METHOD, call.client());
        asker = known;
      }
      return switch (known) {
        case Asker.Viewer(Did viewer) -> Optional.of(seen.seenBy(viewer));
        case Asker.Anonymous _, Asker.Unknown _ -> Optional.empty();
        case Asker.Refused(String error, String message) ->
            throw XrpcException.unauthorized(error, message);
      };
    }
  }

  /** A page without its name. */
  private byte[] page(
      ServedFeed feed, int limit, Optional<PageCursor> cursor, Optional<Predicate<String>> seen) {
    boolean peek = limit == 1 && cursor.isEmpty();
    Optional<String> first =
        peek || cursor.isPresent()
            ? Optional.empty()
            : feed.pinned().filter(uri -> !feeds.isBlocked(uri));
    boolean sameForAll = cursor.isEmpty() && seen.isEmpty();
    if (sameForAll) {
      Optional<byte[]> held = written.find(feed, limit, first, feeds.generation(feed));
      if (held.isPresent()) {
        return held.get();
      }
    }
    // Of the version that gave the first page: by this one, a post may be missed or come twice.
    Optional<String> pinned = cursor.isPresent() ? cursor.get().pinned() : first;
    Predicate<String> hidden = seen.orElse(uri -> false);
    FeedPage page =
        feeds.page(
            feed,
            cursor.map(PageCursor::position),
            first.isPresent() ? limit - 1 : limit,
            uri -> (pinned.isPresent() && pinned.get().equals(uri)) || hidden.test(uri));
    byte[] body = PageWriter.write(feed, page, first, pinned);
    if (sameForAll) {
      written.hold(feed, limit, first, page, body);
    }
    return body;
  }

  /** The name in a feed's address; empty where the address is that of another's. */
  private Optional<String> name(String address) {
    // What is asked for most is one of ours as it is written: a name that is served is one.
    if (address.startsWith(own)) {
      String name = address.substring(own.length());
      if (feeds.find(name).isPresent()) {
        return Optional.of(name);
      }
    }
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
