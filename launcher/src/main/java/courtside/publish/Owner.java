package courtside.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.util.Optional;

/**
 * The account whose repository says which feeds there are, logged in. Its password is sent once and
 * not kept; the token lives as long as this. Confined to one thread.
 *
 * @see <a href="https://docs.bsky.app/docs/api/com-atproto-server-create-session">createSession</a>
 */
public final class Owner implements AutoCloseable {
  /** The collection of such records. */
  public static final String COLLECTION = Repository.COLLECTION;

  private static final String XRPC = "/xrpc/";

  private final Web web;
  private final Did did;
  private final String token;

  private Owner(Web web, Did did, String token) {
    this.web = web;
    this.did = did;
    this.token = token;
  }

  /**
   * A record that is there.
   *
   * @param cid of its content
   */
  public record Held(String cid, ObjectNode value) {}

  /**
   * Logs in.
   *
   * @param server where accounts log in; the account's own server, which it names, is asked from
   *     then on
   * @param identifier handle or DID
   * @throws PublishException if that is refused, with what to do
   */
  public static Owner login(URI server, String identifier, char[] appPassword)
      throws PublishException, InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("identifier", identifier).put("password", new String(appPassword));
    Web.Answer answer;
    String name;
    try (Web entry = new Web(server)) {
      name = entry.name();
      answer =
          entry.ask(
              entry
                  .request(XRPC + "com.atproto.server.createSession")
                  .header("Content-Type", "application/json")
                  .POST(Web.json(body))
                  .build());
    }
    if (!answer.good()) {
      throw new PublishException(
          switch (answer.error()) {
            case "AuthenticationRequired" ->
                "handle and app password do not belong together, says "
                    + name
                    + ": make a new one in the app, under Settings, Privacy and security, App"
                    + " passwords; or is the account on another server? --pds names it";
            case "AuthFactorTokenRequired" ->
                "expected an app password, found the account's own, says "
                    + name
                    + ": make one in the app, under Settings, Privacy and security, App passwords";
            default ->
                name
                    + " does not log "
                    + Web.quoted(identifier)
                    + " in: "
                    + answer.inWords()
                    + "; is the account on another server? --pds names it";
          });
    }
    String did = answer.body().path("did").asText("");
    String token = answer.body().path("accessJwt").asText("");
    if (!Did.isValid(did) || token.isEmpty()) {
      throw new PublishException(
          name + " logs in without saying did and accessJwt; is it an AT Protocol server?");
    }
    return new Owner(new Web(home(answer.body(), server)), new Did(did), token);
  }

  /** The server that the account's own document names. */
  private static URI home(JsonNode session, URI otherwise) throws PublishException {
    for (JsonNode service : session.path("didDoc").path("service")) {
      if (service.path("id").asText("").endsWith("#atproto_pds")) {
        String endpoint = service.path("serviceEndpoint").asText("");
        try {
          return new URI(endpoint);
        } catch (URISyntaxException e) {
          throw new PublishException(
              "the account's document names no address: " + Web.quoted(endpoint), e);
        }
      }
    }
    return otherwise;
  }

  /** Who it is. */
  public Did did() {
    return did;
  }

  /** The address of a feed's record. */
  public String uri(RecordKey feed) {
    return Repository.uri(did, feed);
  }

  /** The record of a feed, if there is one. */
  public Optional<Held> held(RecordKey feed) throws PublishException, InterruptedException {
    return Repository.read(
        web.ask(
            Repository.request(web, did, feed).header("Authorization", "Bearer " + token).build()),
        feed);
  }

  /**
   * Keeps a picture.
   *
   * @return as records refer to it
   */
  public JsonNode upload(byte[] picture, String type)
      throws PublishException, InterruptedException {
    Web.Answer answer =
        web.ask(
            web.request(XRPC + "com.atproto.repo.uploadBlob")
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(picture))
                .build());
    if (!answer.good() || !answer.body().path("blob").isObject()) {
      throw refused("does not take the picture", answer);
    }
    return answer.body().path("blob");
  }

  /**
   * Writes the record of a feed, if it is still as it was found.
   *
   * @return the CID of what was written
   */
  public String put(RecordKey feed, ObjectNode value, Optional<Held> found)
      throws PublishException, InterruptedException {
    ObjectNode body = ofRecord(feed, found);
    body.set("record", value);
    Web.Answer answer = procedure("com.atproto.repo.putRecord", body);
    if (!answer.good()) {
      throw refused("does not take the record", answer);
    }
    return answer.body().path("cid").asText("");
  }

  /** Deletes the record of a feed, if it is still as it was found. */
  public void delete(RecordKey feed, Held found) throws PublishException, InterruptedException {
    Web.Answer answer =
        procedure("com.atproto.repo.deleteRecord", ofRecord(feed, Optional.of(found)));
    if (!answer.good()) {
      throw refused("does not delete the record", answer);
    }
  }

  private ObjectNode ofRecord(RecordKey feed, Optional<Held> found) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("repo", did.value()).put("collection", COLLECTION).put("rkey", feed.value());
    // Null says that there was none.
    if (found.isPresent()) {
      body.put("swapRecord", found.get().cid());
    } else {
      body.putNull("swapRecord");
    }
    return body;
  }

  private Web.Answer procedure(String method, ObjectNode body)
      throws PublishException, InterruptedException {
    return web.ask(
        web.request(XRPC + method)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(Web.json(body))
            .build());
  }

  private PublishException refused(String what, Web.Answer answer) {
    return new PublishException(
        answer.error().equals("InvalidSwap")
            ? "the record was changed by somebody else just now: try again"
            : "the account's server, " + web.name() + ", " + what + ": " + answer.inWords());
  }

  /** Logged out by forgetting. */
  @Override
  public void close() {
    web.close();
  }
}
