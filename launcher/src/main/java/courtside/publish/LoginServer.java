package courtside.publish;

import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Handle;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The server that is to have an account's password, which is sent to no other: the account's own,
 * as its document names it. Immutable.
 *
 * @param address where accounts log in
 * @param doubt why it may be another one than the account's; empty where the account names it
 * @see <a href="https://atproto.com/specs/handle#handle-resolution">Handle resolution</a>
 */
public record LoginServer(URI address, Optional<String> doubt) {
  /** Where most accounts are. */
  public static final URI DEFAULT = URI.create("https://bsky.social");

  /** Who is asked whose a handle is. */
  public static final URI RESOLVER = URI.create("https://public.api.bsky.app");

  /**
   * Looks for the server of an account.
   *
   * @param identifier handle or DID
   * @param resolver who is asked for the DID of a handle
   * @param directory where {@code did:plc:} is looked up
   * @return {@link #DEFAULT}, and why, where it cannot be found
   */
  public static LoginServer of(String identifier, URI resolver, URI directory)
      throws InterruptedException {
    try {
      return new LoginServer(named(identifier, resolver, directory), Optional.empty());
    } catch (PublishException e) {
      return new LoginServer(DEFAULT, Optional.of(e.problem().found()));
    }
  }

  private static URI named(String identifier, URI resolver, URI directory)
      throws PublishException, InterruptedException {
    Optional<Handle> handle = handle(identifier);
    Did did = handle.isPresent() ? resolved(handle.get(), resolver) : did(identifier);
    Identities.Found found = new Identities(directory).document(did);
    // Whoever has a name's domain may point it at somebody else's account, and the other way round.
    if (handle.isPresent() && !found.document().handle().equals(handle.map(Handle::value))) {
      throw new PublishException(
          "the document of "
              + did
              + ", to which "
              + handle.get()
              + " leads, has "
              + found.document().handle().map(other -> "the handle " + other).orElse("no handle"));
    }
    return found
        .document()
        .pds()
        .map(URI::create)
        .orElseThrow(() -> new PublishException("the document of " + did + " names no server"));
  }

  private static Optional<Handle> handle(String identifier) {
    try {
      return Optional.of(Handle.parse(identifier));
    } catch (MalformedDataException e) {
      return Optional.empty();
    }
  }

  private static Did did(String identifier) throws PublishException {
    if (!Did.isValid(identifier)) {
      throw new PublishException(
          "expected a handle or a DID, found '" + Web.quoted(identifier) + "'");
    }
    return new Did(identifier);
  }

  private static Did resolved(Handle handle, URI resolver)
      throws PublishException, InterruptedException {
    try (Web web = new Web(resolver)) {
      Web.Answer answer =
          web.ask(
              web.request(
                      "/xrpc/com.atproto.identity.resolveHandle?handle="
                          + URLEncoder.encode(handle.value(), StandardCharsets.UTF_8))
                  .build());
      String did = answer.body().path("did").asText("");
      if (!answer.good() || !Did.isValid(did)) {
        throw new PublishException(
            web.name() + " does not say whose " + handle + " is: " + answer.inWords());
      }
      return new Did(did);
    }
  }
}
