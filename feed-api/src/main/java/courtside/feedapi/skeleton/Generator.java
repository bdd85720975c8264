package courtside.feedapi.skeleton;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.syntax.Did;
import courtside.feedapi.store.Feeds;
import courtside.feedapi.xrpc.Xrpc;
import courtside.feedapi.xrpc.XrpcException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Who the generator is and which feeds it has. Thread-safe.
 *
 * @param hostname under which it is reached from outside, by HTTPS; with a port where that is not
 *     443
 * @param service its own identity, which tokens are made out to: the host's, or one of another
 *     method, whose document then names this host
 * @param publisher the account whose records describe the feeds
 * @param privacyPolicy where it is told what becomes of viewers' data
 * @param termsOfService where it is told what viewers may do
 */
public record Generator(
    String hostname,
    Did service,
    Did publisher,
    Optional<String> privacyPolicy,
    Optional<String> termsOfService) {
  static final String COLLECTION = "app.bsky.feed.generator";

  /** The part of the service's document that is about feeds. */
  private static final String FRAGMENT = "#bsky_fg";

  private static final String DOCUMENT = "/.well-known/did.json";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** The identity that a host has by its name: a colon would end the host name. */
  public static Did did(String hostname) {
    return new Did("did:web:" + hostname.replace(":", "%3A"));
  }

  /** The address of one of its feeds. */
  public String address(String feed) {
    return "at://" + publisher + "/" + COLLECTION + "/" + feed;
  }

  /** Whether an address is of one of its feeds, whether or not there is such a feed now. */
  public boolean isOwn(String address) {
    return address.startsWith(address(""));
  }

  /**
   * Adds the DID document at its well-known place, where the host is the identity. Of another
   * identity it would be a lie: whoever asks for it is told that there is nothing.
   */
  public void addTo(RoutesConfig routes) {
    if (!service.equals(did(hostname))) {
      return;
    }
    byte[] document = document().toString().getBytes(StandardCharsets.UTF_8);
    Handler handler =
        context -> {
          Xrpc.allowAnyOrigin(context);
          context.contentType("application/json").result(document);
        };
    routes.get(DOCUMENT, handler);
    routes.head(DOCUMENT, handler);
  }

  private ObjectNode document() {
    ObjectNode document = JSON.objectNode();
    document.putArray("@context").add("https://www.w3.org/ns/did/v1");
    document.put("id", service.value());
    document
        .putArray("service")
        .addObject()
        .put("id", FRAGMENT)
        .put("type", "BskyFeedGenerator")
        .put("serviceEndpoint", "https://" + hostname);
    return document;
  }

  /** {@code app.bsky.feed.describeFeedGenerator}. */
  public byte[] describe(Feeds feeds) {
    requireFilled(feeds);
    ObjectNode body = JSON.objectNode();
    body.put("did", service.value());
    ArrayNode list = body.putArray("feeds");
    feeds.all().forEach(feed -> list.addObject().put("uri", address(feed.name())));
    if (privacyPolicy.isPresent() || termsOfService.isPresent()) {
      ObjectNode links = body.putObject("links");
      privacyPolicy.ifPresent(url -> links.put("privacyPolicy", url));
      termsOfService.ifPresent(url -> links.put("termsOfService", url));
    }
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Nothing is said of feeds before the store has been complete once. */
  static void requireFilled(Feeds feeds) {
    if (!feeds.filled()) {
      throw XrpcException.notYet("the feeds are being read from the log");
    }
  }
}
