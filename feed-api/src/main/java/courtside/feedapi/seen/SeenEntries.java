package courtside.feedapi.seen;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;

/**
 * What one viewer has seen, in the order in which it was reported, each with when: 12 bytes an
 * address, of which 8 are the first of its SHA-256. Two addresses with the same 8 bytes are one
 * here, so that a post may be hidden that was not seen: for a viewer with 1,000 addresses that is
 * one post in 2^54, and to make one on purpose that hides a given other takes 2^64 attempts.
 * Immutable.
 */
final class SeenEntries {
  /** Bytes of one on disk. */
  static final int BYTES = Long.BYTES + Integer.BYTES;

  /** The last second that can be told: in the year 2106. */
  static final long LAST_SECOND = 0xFFFF_FFFFL;

  static final SeenEntries NONE = new SeenEntries(new LinkedHashMap<>());

  /** Seconds since 1970 by hash, the one reported last at the end. */
  private final SequencedMap<Long, Long> seconds;

  /**
   * One report.
   *
   * @param hash see {@link #hash}
   * @param second since 1970, at most {@link #LAST_SECOND}
   */
  record Report(long hash, long second) {}

  private SeenEntries(SequencedMap<Long, Long> seconds) {
    this.seconds = seconds;
  }

  /** What stands for an address. */
  static long hash(String uri) {
    try {
      return ByteBuffer.wrap(
              MessageDigest.getInstance("SHA-256").digest(uri.getBytes(StandardCharsets.UTF_8)))
          .getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * What {@link #encode} made.
   *
   * @throws SeenStoreException if it did not
   */
  static SeenEntries decode(byte[] value) {
    if (value.length % BYTES != 0) {
      throw new SeenStoreException(
          "expected %d bytes for each address seen, found %d".formatted(BYTES, value.length), true);
    }
    SequencedMap<Long, Long> seconds = LinkedHashMap.newLinkedHashMap(value.length / BYTES);
    ByteBuffer in = ByteBuffer.wrap(value);
    while (in.hasRemaining()) {
      long hash = in.getLong();
      seconds.put(hash, Integer.toUnsignedLong(in.getInt()));
    }
    return new SeenEntries(seconds);
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(seconds.size() * BYTES);
    seconds.forEach((hash, second) -> out.putLong(hash).putInt(second.intValue()));
    return out.array();
  }

  /**
   * With more reports, the newest last. An address that is reported again is the newest, at the
   * time of that report.
   *
   * @param most how many are kept, the last ones
   * @param after what was seen later than this second is kept
   */
  SeenEntries with(List<Report> reports, int most, long after) {
    SequencedMap<Long, Long> merged = new LinkedHashMap<>(seconds);
    for (Report report : reports) {
      // Not the later of the two: what was dropped between two polls would count in one replica
      // and not in another.
      merged.putLast(report.hash(), report.second());
    }
    merged.values().removeIf(second -> second <= after);
    while (merged.size() > most) {
      merged.pollFirstEntry();
    }
    return new SeenEntries(merged);
  }

  boolean isEmpty() {
    return seconds.isEmpty();
  }

  int size() {
    return seconds.size();
  }

  /** The second of the newest in encoded entries, without decoding them. */
  static long newest(byte[] value) {
    long newest = 0;
    for (int at = Long.BYTES; at + Integer.BYTES <= value.length; at += BYTES) {
      newest = Math.max(newest, Integer.toUnsignedLong(ByteBuffer.wrap(value).getInt(at)));
    }
    return newest;
  }

  /** Which addresses were seen later than this second. Thread-safe. */
  Predicate<String> after(long second) {
    long[] hashes =
        seconds.entrySet().stream()
            .filter(entry -> entry.getValue() > second)
            .mapToLong(Map.Entry::getKey)
            .sorted()
            .toArray();
    return hashes.length == 0 ? uri -> false : uri -> Arrays.binarySearch(hashes, hash(uri)) >= 0;
  }
}
