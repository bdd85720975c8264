package courtside.feedapi.identity;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Tells addresses of the public internet from all others: those of this machine, of its networks,
 * of a provider's inside, and those that lead somewhere else than they say.
 *
 * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry">IPv4 registry</a>
 * @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry">IPv6 registry</a>
 */
final class PublicAddresses {
  private static final List<Block> SPECIAL_V4 =
      List.of(
          Block.of("0.0.0.0", 8), // This network.
          Block.of("10.0.0.0", 8), // Private.
          Block.of("100.64.0.0", 10), // Shared behind a provider's translator.
          Block.of("127.0.0.0", 8), // Loopback.
          Block.of("169.254.0.0", 16), // Link-local; metadata of clouds.
          Block.of("172.16.0.0", 12), // Private.
          Block.of("192.0.0.0", 24), // Protocol assignments.
          Block.of("192.0.2.0", 24), // Documentation.
          Block.of("192.31.196.0", 24), // AS112: whoever is nearest answers.
          Block.of("192.52.193.0", 24), // Multicast tunnels.
          Block.of("192.88.99.0", 24), // Relays of 6to4.
          Block.of("192.168.0.0", 16), // Private.
          Block.of("192.175.48.0", 24), // AS112.
          Block.of("198.18.0.0", 15), // Benchmarks.
          Block.of("198.51.100.0", 24), // Documentation.
          Block.of("203.0.113.0", 24), // Documentation.
          Block.of("224.0.0.0", 4), // Multicast.
          Block.of("240.0.0.0", 4)); // Reserved; broadcast.

  /** All that is global so far. Loopback, link-local, site-local, multicast and others are not. */
  private static final Block GLOBAL_V6 = Block.of("2000::", 3);

  private static final List<Block> SPECIAL_V6 =
      List.of(
          Block.of("2001::", 23), // Protocol assignments; Teredo, which holds an IPv4 address.
          Block.of("2001:db8::", 32), // Documentation.
          Block.of("2002::", 16), // 6to4, which holds an IPv4 address.
          Block.of("2620:4f:8000::", 48), // AS112.
          Block.of("3fff::", 20)); // Documentation.

  /**
   * What a network of IPv6 alone makes of IPv4 addresses; it is as good as the address that it
   * holds.
   */
  private static final Block TRANSLATED = Block.of("64:ff9b::", 96);

  private static final int V4_LENGTH = 4;

  private PublicAddresses() {}

  /** Whether anybody may be led there. */
  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      return isPublicV4(bytes);
    }
    if (TRANSLATED.holds(bytes)) {
      return isPublicV4(Arrays.copyOfRange(bytes, bytes.length - V4_LENGTH, bytes.length));
    }
    return GLOBAL_V6.holds(bytes) && SPECIAL_V6.stream().noneMatch(block -> block.holds(bytes));
  }

  private static boolean isPublicV4(byte[] bytes) {
    return SPECIAL_V4.stream().noneMatch(block -> block.holds(bytes));
  }

  /** Addresses whose first bits are the same. */
  private record Block(InetAddress first, int bits) {
    static Block of(String first, int bits) {
      return new Block(InetAddress.ofLiteral(first), bits);
    }

    boolean holds(byte[] address) {
      byte[] prefix = first.getAddress();
      if (prefix.length != address.length) {
        return false;
      }
      int whole = bits / Byte.SIZE;
      int rest = bits % Byte.SIZE;
      return Arrays.equals(prefix, 0, whole, address, 0, whole)
          && (rest == 0 || ((prefix[whole] ^ address[whole]) & (0xFF << (Byte.SIZE - rest))) == 0);
    }
  }
}
