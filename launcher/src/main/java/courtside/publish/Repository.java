package courtside.publish;

import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The records that say which feeds an account has, as anybody reads them. Thread-safe.
 *
 * @see <a href="https://docs.bsky.app/docs/api/com-atproto-repo-get-record">getRecord</a>
 */
public final class Repository implements AutoCloseable {
  /** The collection of such records. */
  public static final String COLLECTION = "app.bsky.feed.generator";

  private final Web web;
  private final Did owner;

  /**
   * Asks nothing yet.
   *
   * @param server the account's own
   * @throws PublishException if that is no address of a server
   */
  public Repository(URI server, Did owner) throws PublishException {
    this.web = new Web(server);
    this.owner = owner;
  }

  /** The address of a feed's record. */
  public static String uri(Did owner, RecordKey feed) {
    return "at://" + owner.value() + "/" + COLLECTION + "/" + feed.value();
  }

  /** The record of a feed, if there is one. */
  public Optional<Owner.Held> held(RecordKey feed) throws PublishException, InterruptedException {
    return read(web.ask(request(web, owner, feed).build()), feed);
  }

  static HttpRequest.Builder request(Web web, Did owner, RecordKey feed) {
    return web.request(
        "/xrpc/com.atproto.repo.getRecord?repo="
            + encoded(owner.value())
            + "&collection="
            + COLLECTION
            + "&rkey="
            + encoded(feed.value()));
  }

  static Optional<Owner.Held> read(Web.Answer answer, RecordKey feed) throws PublishException {
    if (answer.good() && answer.body().path("value") instanceof ObjectNode value) {
      return Optional.of(new Owner.Held(answer.body().path("cid").asText(""), value));
    }
    if (answer.error().equals("RecordNotFound")) {
      return Optional.empty();
    }
    throw new PublishException(
        "the account's server does not say whether there is a record of "
            + feed
            + ": "
            + answer.inWords(),
        "is that the account's server, and is the account active?");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    web.close();
  }
}
