package courtside.ingestor.sequence;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The last frames accepted, each once: their fingerprints in a ring, and a table of open addresses
 * to find them by, at most half full. Every frame goes through here, so it allocates nothing.
 * Confined to one thread.
 */
final class Remembered {
  /** An empty place; a frame of this very fingerprint is taken for one of another. */
  private static final long FREE = 0;

  private final long[] ring;
  private final long[] table;
  private final int mask;
  private long added;

  /** One of before this process began, until it is no longer among the last. */
  private @Nullable FrameIdentity onlyHash;

  Remembered(int kept) {
    this.ring = new long[kept];
    int places = Math.max(4, Integer.highestOneBit(2 * kept - 1) << 1);
    this.table = new long[places];
    this.mask = places - 1;
  }

  void add(FrameIdentity frame) {
    if (frame.isOnlyHash()) {
      onlyHash = frame;
      return;
    }
    long fingerprint = key(frame);
    int at = find(fingerprint);
    if (table[at] == fingerprint) {
      return;
    }
    table[at] = fingerprint;
    int oldest = (int) (added % ring.length);
    if (added >= ring.length) {
      remove(ring[oldest]);
      onlyHash = null;
    }
    ring[oldest] = fingerprint;
    added++;
  }

  boolean contains(FrameIdentity frame) {
    long fingerprint = key(frame);
    return table[find(fingerprint)] == fingerprint
        || (onlyHash != null && onlyHash.isSameAs(frame));
  }

  void clear() {
    if (added > 0) {
      Arrays.fill(table, FREE);
      added = 0;
    }
    onlyHash = null;
  }

  private static long key(FrameIdentity frame) {
    long fingerprint = frame.fingerprint();
    return fingerprint == FREE ? 1 : fingerprint;
  }

  /** Checksums are spread evenly already. */
  private int home(long fingerprint) {
    return (int) fingerprint & mask;
  }

  /** Where it is, or the free place where it belongs. */
  private int find(long fingerprint) {
    int at = home(fingerprint);
    while (table[at] != FREE && table[at] != fingerprint) {
      at = (at + 1) & mask;
    }
    return at;
  }

  /** Closes the gap: what was moved on because of it moves back. */
  private void remove(long fingerprint) {
    int free = find(fingerprint);
    int next = free;
    while (true) {
      next = (next + 1) & mask;
      long moved = table[next];
      if (moved == FREE) {
        break;
      }
      int distance = (next - home(moved)) & mask;
      if (distance >= ((next - free) & mask)) {
        table[free] = moved;
        free = next;
      }
    }
    table[free] = FREE;
  }
}
