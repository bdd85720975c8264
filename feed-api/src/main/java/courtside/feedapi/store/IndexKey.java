package courtside.feedapi.store;

import courtside.eventlog.feed.FeedVersion;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Keys of the ordered index: {@code feed/version/}, sortAt as 8 bytes big-endian, uri. The sign of
 * sortAt is flipped, so that bytes order as numbers do even before 1970, and a backwards iteration
 * over one prefix is the feed, newest first.
 */
final class IndexKey {
  private IndexKey() {}

  static byte[] prefix(FeedVersion version) {
    return (version.key() + "/").getBytes(StandardCharsets.UTF_8);
  }

  static byte[] of(FeedVersion version, Position position) {
    byte[] prefix = prefix(version);
    byte[] uri = position.uri().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(prefix.length + Long.BYTES + uri.length)
        .put(prefix)
        .putLong(position.sortAt() ^ Long.MIN_VALUE)
        .put(uri)
        .array();
  }

  /** A key above every key of the version: its separator's successor. */
  static byte[] above(FeedVersion version) {
    byte[] prefix = prefix(version);
    prefix[prefix.length - 1]++;
    return prefix;
  }

  static Position position(byte[] key, int prefixLength) {
    int uriAt = prefixLength + Long.BYTES;
    return new Position(
        ByteBuffer.wrap(key).getLong(prefixLength) ^ Long.MIN_VALUE,
        new String(key, uriAt, key.length - uriAt, StandardCharsets.UTF_8));
  }

  static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length + Long.BYTES
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }
}
