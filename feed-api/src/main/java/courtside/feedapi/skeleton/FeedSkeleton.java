package courtside.feedapi.skeleton;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordUri;
import courtside.feedapi.store.FeedEntry;
import courtside.feedapi.store.FeedPage;
import courtside.feedapi.store.Feeds;
import courtside.feedapi.store.ServedFeed;
import courtside.feedapi.xrpc.Call;
import courtside.feedapi.xrpc.Parameters;
import courtside.feedapi.xrpc.XrpcException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

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
  private static final int DEFAULT_LIMIT = 50;
  private static final int MOST = 100;

  /** Of an item, about. */
  private static final int ITEM_BYTES = 140;

  /** An address of a record whose authority may also be a handle. */
  private static final Pattern ADDRESS =
      Pattern.compile("at://[a-zA-Z0-9._:%-]+/[a-zA-Z0-9.-]+/[A-Za-z0-9._:~-]+");

  private static final JsonFactory JSON = new JsonFactory();
  private static final SerializableString POST = new SerializedString("post");
  private static final SerializableString CONTEXT = new SerializedString("feedContext");

  private final Feeds feeds;
  private final Did publisher;
  private final RequestIds ids;

  /** Answers from these feeds. */
  public FeedSkeleton(Feeds feeds, Did publisher, RequestIds ids) {
    this.feeds = feeds;
    this.publisher = publisher;
    this.ids = ids;
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
    Generator.requireFilled(feeds);
    while (true) {
      ServedFeed feed = feeds.find(name.get()).orElseThrow(XrpcException::unknownFeed);
      byte[] body = page(feed, limit, cursor);
      // What is served no more may have been taken out while it was read.
      if (feeds.find(name.get()).filter(now -> now.version().equals(feed.version())).isPresent()) {
        return body;
      }
    }
  }

  private byte[] page(ServedFeed feed, int limit, Optional<PageCursor> cursor) {
    boolean peek = limit == 1 && cursor.isEmpty();
    Optional<String> first =
        peek || cursor.isPresent()
            ? Optional.empty()
            : feed.pinned().filter(uri -> !feeds.isBlocked(uri));
    // Of the version that gave the first page: by this one, a post may be missed or come twice.
    Optional<String> pinned = cursor.isPresent() ? cursor.get().pinned() : first;
    Predicate<String> hidden = uri -> pinned.isPresent() && pinned.get().equals(uri);
    FeedPage page =
        feeds.page(
            feed, cursor.map(PageCursor::position), first.isPresent() ? limit - 1 : limit, hidden);
    return write(feed, page, first, pinned);
  }

  private byte[] write(
      ServedFeed feed, FeedPage page, Optional<String> first, Optional<String> pinned) {
    ByteArrayBuilder out = new ByteArrayBuilder((page.entries().size() + 3) * ITEM_BYTES);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      if (page.next().isPresent()) {
        json.writeStringField("cursor", new PageCursor(page.next().get(), pinned).write());
      }
      json.writeArrayFieldStart("feed");
      SerializableString context = new SerializedString(feed.version().version());
      if (first.isPresent()) {
        json.writeStartObject();
        json.writeStringField("post", first.get());
        json.writeObjectFieldStart("reason");
        json.writeStringField("$type", "app.bsky.feed.defs#skeletonReasonPin");
        json.writeEndObject();
        json.writeFieldName(CONTEXT);
        json.writeString(context);
        json.writeEndObject();
      }
      for (FeedEntry entry : page.entries()) {
        json.writeStartObject();
        json.writeFieldName(POST);
        json.writeString(entry.uri());
        json.writeFieldName(CONTEXT);
        json.writeString(context);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeStringField("reqId", ids.next());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written to", e);
    }
    return out.toByteArray();
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
