package courtside.feedapi.web;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * Tells clients apart: by their address, or by the network of 64 bits that an IPv6 address lies in,
 * as one household has all of it. A trusted proxy says whom it speaks for in {@code
 * X-Forwarded-For}, of which only the end is its own word. Thread-safe.
 */
final class Clients {
  /** Longer ones are no proxy's. */
  private static final int MOST_FORWARDED = 2_048;

  private static final int NETWORK_BYTES = 8;
  private static final Pattern LITERAL = Pattern.compile("[0-9a-fA-F.:]{2,45}");

  private final Predicate<InetAddress> proxies;

  Clients(TrustedProxies proxies) {
    this.proxies = proxies.addresses();
  }

  /** Whether the other end stands for many clients. */
  boolean isProxy(SocketAddress remote) {
    return remote instanceof InetSocketAddress socket
        && socket.getAddress() != null
        && proxies.test(socket.getAddress());
  }

  /** Who is at the other end of a connection. */
  static String name(SocketAddress remote) {
    return remote instanceof InetSocketAddress socket && socket.getAddress() != null
        ? name(socket.getAddress())
        : String.valueOf(remote);
  }

  /** Who sent a request. */
  String name(Request request) {
    SocketAddress remote = request.getConnectionMetaData().getRemoteSocketAddress();
    if (isProxy(remote)) {
      List<String> lines = request.getHeaders().getValuesList(HttpHeader.X_FORWARDED_FOR);
      String forwarded = String.join(",", lines);
      if (forwarded.length() <= MOST_FORWARDED) {
        return forwarded(forwarded).map(Clients::name).orElseGet(() -> name(remote));
      }
    }
    return name(remote);
  }

  /** From the end: the first that is no proxy of ours. What stands before it anybody may write. */
  private Optional<InetAddress> forwarded(String list) {
    String[] hops = list.split(",", -1);
    for (int n = hops.length - 1; n >= 0; n--) {
      Optional<InetAddress> address = literal(hops[n].strip());
      if (address.isEmpty() || !proxies.test(address.get())) {
        return address;
      }
    }
    return Optional.empty();
  }

  /** An address that is written out; a name is never looked up. */
  private static Optional<InetAddress> literal(String text) {
    String address = withoutPort(text);
    if (!LITERAL.matcher(address).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(address));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Some proxies write the port as well. */
  private static String withoutPort(String text) {
    if (text.startsWith("[") && text.indexOf(']') > 0) {
      return text.substring(1, text.indexOf(']'));
    }
    int colon = text.indexOf(':');
    return colon > 0 && text.indexOf('.') > 0 && text.indexOf(':', colon + 1) < 0
        ? text.substring(0, colon)
        : text;
  }

  private static String name(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    byte[] network = Arrays.copyOf(address.getAddress(), NETWORK_BYTES);
    try {
      return InetAddress.getByAddress(Arrays.copyOf(network, address.getAddress().length))
              .getHostAddress()
          + "/64";
    } catch (UnknownHostException e) {
      throw new IllegalStateException("sixteen bytes are an address", e);
    }
  }
}
