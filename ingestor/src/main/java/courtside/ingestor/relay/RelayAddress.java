package courtside.ingestor.relay;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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

  /** What a text must be to be several relays, as the end of "must be …". */
  public static final String EXPECTED_LIST =
      EXPECTED + ", or several of different names separated by commas";

  /** Reads one relay or several, separated by commas; no two have the same name. */
  public static Optional<List<RelayAddress>> parseList(String text) {
    List<RelayAddress> relays = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String part : text.split(",", -1)) {
      Optional<RelayAddress> relay = parse(part);
      if (relay.isEmpty() || !names.add(relay.get().name())) {
        return Optional.empty();
      }
      relays.add(relay.get());
    }
    return Optional.of(List.copyOf(relays));
  }

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
          || (equals >= 0 && name.isEmpty())
          // Keys of the cursors' topic have a meaning beyond it.
          || name.indexOf('#') >= 0) {
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
