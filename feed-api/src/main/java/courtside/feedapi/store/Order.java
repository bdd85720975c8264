package courtside.feedapi.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The order of a feed in memory, newest first: all of it, or its newest items alone. Immutable: who
 * reads it sees one moment, whatever comes meanwhile. A change copies the few entries around it.
 */
final class Order {
  /** Entries that are copied where one of them changes. */
  private static final int CHUNK = 256;

  private final long generation;
  private final int most;
  private final boolean whole;

  /** None is empty; all are in order, and so are they among each other. */
  private final List<List<FeedEntry>> chunks;

  private Order(long generation, int most, boolean whole, List<List<FeedEntry>> chunks) {
    this.generation = generation;
    this.most = most;
    this.whole = whole;
    this.chunks = chunks;
  }

  /**
   * An item that moves: from nowhere where it is new, to nowhere where it is removed.
   *
   * @param from where it stood
   */
  record Move(Optional<Position> from, Optional<FeedEntry> to) {}

  /**
   * Takes these.
   *
   * @param generation a number of its own
   * @param most how many are kept, however many come
   * @param entries newest first, at most so many
   * @param whole whether the feed has no others
   */
  static Order of(long generation, int most, List<FeedEntry> entries, boolean whole) {
    return new Order(generation, most, whole, cut(entries));
  }

  private static List<List<FeedEntry>> cut(List<FeedEntry> entries) {
    List<List<FeedEntry>> chunks = new ArrayList<>();
    for (int begin = 0; begin < entries.size(); begin += CHUNK) {
      chunks.add(List.copyOf(entries.subList(begin, Math.min(begin + CHUNK, entries.size()))));
    }
    return chunks;
  }

  /** A number that no other one has. */
  long generation() {
    return generation;
  }

  /** How many entries it may come to have. */
  int most() {
    return most;
  }

  /** Whether the feed has no other entries. */
  boolean whole() {
    return whole;
  }

  int size() {
    return chunks.stream().mapToInt(List::size).sum();
  }

  /**
   * Visits entries, newest first, until the visitor says no.
   *
   * @param after below which position; from the newest where there is none
   */
  void visit(Optional<Position> after, Predicate<FeedEntry> visitor) {
    int chunk = after.isEmpty() ? 0 : chunkOf(chunks, after.get());
    int first =
        after.isEmpty() || chunk == chunks.size() ? 0 : firstBelow(chunks.get(chunk), after.get());
    for (; chunk < chunks.size(); chunk++) {
      List<FeedEntry> entries = chunks.get(chunk);
      for (int n = first; n < entries.size(); n++) {
        if (!visitor.test(entries.get(n))) {
          return;
        }
      }
      first = 0;
    }
  }

  /**
   * What it is after these moves, one after the other. One that is not whole knows nothing of what
   * lies below its last entry, and takes nothing there.
   */
  Order after(long number, List<Move> moves) {
    List<List<FeedEntry>> changed = new ArrayList<>(chunks);
    Optional<Position> end =
        whole || chunks.isEmpty()
            ? Optional.empty()
            : Optional.of(chunks.getLast().getLast().position());
    for (Move move : moves) {
      move.from().ifPresent(position -> remove(changed, position));
      move.to()
          .filter(entry -> end.isEmpty() || entry.position().compareTo(end.get()) >= 0)
          .ifPresent(entry -> add(changed, entry));
    }
    List<List<FeedEntry>> kept = withoutCrumbs(changed);
    int size = kept.stream().mapToInt(List::size).sum();
    boolean all = whole;
    while (size > most) {
      List<FeedEntry> last = kept.removeLast();
      int left = Math.max(0, last.size() - (size - most));
      if (left > 0) {
        kept.add(List.copyOf(last.subList(0, left)));
      }
      size -= last.size() - left;
      all = false;
    }
    return new Order(number, most, all, kept);
  }

  private static void remove(List<List<FeedEntry>> chunks, Position position) {
    int chunk = chunkAt(chunks, position);
    if (chunk < chunks.size()) {
      List<FeedEntry> entries = chunks.get(chunk);
      int at = firstBelow(entries, position) - 1;
      if (at >= 0 && entries.get(at).position().equals(position)) {
        FeedEntry[] fewer = new FeedEntry[entries.size() - 1];
        copy(entries, 0, at, fewer, 0);
        copy(entries, at + 1, entries.size(), fewer, at);
        put(chunks, chunk, fewer);
      }
    }
  }

  private static void add(List<List<FeedEntry>> chunks, FeedEntry entry) {
    // One of the same position, which came twice, is replaced.
    remove(chunks, entry.position());
    if (chunks.isEmpty()) {
      chunks.add(List.of(entry));
      return;
    }
    int chunk = Math.min(chunkOf(chunks, entry.position()), chunks.size() - 1);
    List<FeedEntry> entries = chunks.get(chunk);
    int at = firstBelow(entries, entry.position());
    FeedEntry[] more = new FeedEntry[entries.size() + 1];
    copy(entries, 0, at, more, 0);
    more[at] = entry;
    copy(entries, at, entries.size(), more, at + 1);
    put(chunks, chunk, more);
  }

  private static void copy(List<FeedEntry> from, int begin, int end, FeedEntry[] to, int at) {
    for (int n = begin; n < end; n++) {
      to[at + n - begin] = from.get(n);
    }
  }

  private static void put(List<List<FeedEntry>> chunks, int chunk, FeedEntry[] entries) {
    if (entries.length == 0) {
      chunks.remove(chunk);
    } else if (entries.length <= 2 * CHUNK) {
      chunks.set(chunk, List.of(entries));
    } else {
      chunks.set(chunk, List.of(Arrays.copyOf(entries, CHUNK)));
      chunks.add(chunk + 1, List.of(Arrays.copyOfRange(entries, CHUNK, entries.length)));
    }
  }

  /** Where items have gone from everywhere, what is left is put together. */
  private static List<List<FeedEntry>> withoutCrumbs(List<List<FeedEntry>> chunks) {
    int size = chunks.stream().mapToInt(List::size).sum();
    if (chunks.size() <= 2 + 4 * size / CHUNK) {
      return chunks;
    }
    List<FeedEntry> all = new ArrayList<>(size);
    chunks.forEach(all::addAll);
    return cut(all);
  }

  /** The chunk in which the first entry below a position is; beyond the last if there is none. */
  private static int chunkOf(List<List<FeedEntry>> chunks, Position position) {
    int low = 0;
    int high = chunks.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (chunks.get(middle).getLast().position().compareTo(position) < 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The chunk in which an entry of that position is, if there is one. */
  private static int chunkAt(List<List<FeedEntry>> chunks, Position position) {
    int low = 0;
    int high = chunks.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (chunks.get(middle).getLast().position().compareTo(position) <= 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** Where the first entry below a position stands; behind the last if there is none. */
  private static int firstBelow(List<FeedEntry> entries, Position position) {
    int low = 0;
    int high = entries.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entries.get(middle).position().compareTo(position) < 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
