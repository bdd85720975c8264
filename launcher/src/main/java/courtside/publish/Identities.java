package courtside.publish;

import courtside.atproto.MalformedDataException;
import courtside.atproto.identity.DidDocument;
import courtside.atproto.identity.DidMethod;
import courtside.atproto.syntax.Did;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * Documents of DIDs, as anybody gets them. Thread-safe.
 *
 * @see <a href="https://atproto.com/specs/did">DIDs</a>
 */
public final class Identities {
  private final URI directory;

  /**
   * Asks nothing yet.
   *
   * @param directory where {@code did:plc:} is looked up
   */
  public Identities(URI directory) {
    this.directory = directory;
  }

  /**
   * A document, and who said what time it was.
   *
   * @param host who gave it
   * @param date of the answer, where it says one
   */
  public record Found(DidDocument document, String host, Optional<Instant> date) {}

  /**
   * Asks for the document of a DID.
   *
   * @throws PublishException if there is none, with what to do
   */
  public Found document(Did did) throws PublishException, InterruptedException {
    URI base =
        switch (DidMethod.of(did)) {
          case DidMethod.Plc _ -> directory;
          case DidMethod.Web web ->
              URI.create((web.isLocal() ? "http://" : "https://") + web.authority());
          case DidMethod.Unsupported(_, String reason) ->
              throw new PublishException(
                  did + " is nobody on the network: " + reason, "use a DID that the network knows");
        };
    String path =
        DidMethod.of(did) instanceof DidMethod.Plc ? "/" + did.value() : FeedHost.DOCUMENT;
    try (Web web = new Web(base)) {
      Web.Answer answer = web.ask(web.request(path).build());
      if (!answer.good()) {
        throw new PublishException(
            "expected the document of "
                + did
                + " at "
                + base
                + path
                + ", found "
                + answer.inWords(),
            "is the DID right?");
      }
      byte[] json = answer.body().toString().getBytes(StandardCharsets.UTF_8);
      return new Found(DidDocument.read(json, did), base.getAuthority(), answer.date());
    } catch (MalformedDataException e) {
      throw new PublishException(
          "the document at " + base + path + " is wrong: " + e.getMessage(),
          "is the DID right?",
          e);
    }
  }
}
