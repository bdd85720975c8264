package courtside.feedapi.skeleton;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.syntax.Did;
import courtside.feedapi.store.Feeds;

/**
 * Who the generator is and which feeds it has. Thread-safe.
 *
 * @param hostname under which it is reached from outside, by HTTPS; with a port where that is not
 *     443
 * @param publisher the account whose records describe the feeds
 */
public record Generator(String hostname, Did publisher) {
  static final String COLLECTION = "app.bsky.feed.generator";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** The service's own identity: a colon would end the host name. */
  public static Did did(String hostname) {
    return new Did("did:web:" + hostname.replace(":", "%3A"));
  }

  /** The address of one of its feeds. */
  public String address(String feed) {
    return "at://" + publisher + "/" + COLLECTION + "/" + feed;
  }

  /** The DID document at {@code /.well-known/did.json}. */
  ObjectNode document() {
    ObjectNode document = JSON.objectNode();
    document.putArray("@context").add("https://www.w3.org/ns/did/v1");
    document.put("id", did(hostname).value());
    document
        .putArray("service")
        .addObject()
        .put("id", "#bsky_fg")
        .put("type", "BskyFeedGenerator")
        .put("serviceEndpoint", "https://" + hostname);
    return document;
  }

  /** {@code app.bsky.feed.describeFeedGenerator}. */
  ObjectNode describe(Feeds feeds) {
    requireFilled(feeds);
    ObjectNode body = JSON.objectNode();
    body.put("did", did(hostname).value());
    ArrayNode list = body.putArray("feeds");
    feeds.all().forEach(feed -> list.addObject().put("uri", address(feed.name())));
    return body;
  }

  /** Nothing is said of feeds before the store has been complete once. */
  static void requireFilled(Feeds feeds) {
    if (!feeds.filled()) {
      throw XrpcException.notYet("the feeds are being read from the log");
    }
  }
}
