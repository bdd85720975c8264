package courtside.ingestor.relay;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A relay: where it is, and the name that its cursor is kept under. The name must stay the same
 * where the same numbering is found again, whatever the address. Immutable.
 *
 * @param name the host and port, unless given
 * @param uri {@code ws} or {@code wss}, with a host; a path is kept in front of the method's
 */
public record RelayAddress(String name, URI uri) {
  private static final String METHOD = "/xrpc/com.atproto.sync.subscribeRepos";
  private static final Set<String> SCHEMES = Set.of("ws", "wss");

  /** What a text must be to be a relay, as the end of "must be …". */
  public static final String EXPECTED =
      "a relay such as wss://bsky.network, or name=ws://host:port";

  /** Reads {@code [name=]uri}. */
  public static Optional<RelayAddress> parse(String text) {
    int equals = text.indexOf('=');
    String name = equals < 0 ? "" : text.substring(0, equals).strip();
    try {
      URI uri = new URI(text.substring(equals + 1).strip());
      if (uri.getScheme() == null
          || !SCHEMES.contains(uri.getScheme())
          || uri.getHost() == null
          || uri.getQuery() != null
          || uri.getFragment() != null
          || (equals >= 0 && name.isEmpty())) {
        return Optional.empty();
      }
      return Optional.of(new RelayAddress(name.isEmpty() ? uri.getAuthority() : name, uri));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /**
   * The address to dial.
   *
   * @param cursor the last sequence number that is had; absent for the live tip
   */
  URI subscribe(OptionalLong cursor) {
    // As it was written: what was decoded may be no address any more.
    String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
    String query = cursor.isPresent() ? "?cursor=" + cursor.getAsLong() : "";
    return URI.create(uri.getScheme() + "://" + uri.getRawAuthority() + path + METHOD + query);
  }
}
