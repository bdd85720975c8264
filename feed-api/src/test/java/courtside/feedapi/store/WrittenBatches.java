package courtside.feedapi.store;

import courtside.eventlog.feed.FeedVersion;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Batches that follow from a seed and their offset alone, so that two processes agree on what a
 * store holds at an offset. As a process of its own it writes them without end.
 */
final class WrittenBatches {
  static final FeedVersion FEED = FeedVersion.of("nba", "v1");

  /** So small that the buffers are written to the disk again and again. */
  private static final long WRITE_BUFFER_BYTES = 64 << 10;

  private static final int ITEMS = 5_000;
  private static final int CHANGES = 200;

  private final long seed;

  WrittenBatches(long seed) {
    this.seed = seed;
  }

  /**
   * Writes the next batches of a store, and the offset after each, one a line.
   *
   * @param arguments the store's directory and the seed
   */
  public static void main(String[] arguments) {
    WrittenBatches batches = new WrittenBatches(Long.parseLong(arguments[1]));
    try (FeedStore store = open(Path.of(arguments[0]))) {
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      for (long offset = offset(store) + 1; !out.checkError(); offset++) {
        store.apply(batches.batch(offset));
        out.println(offset);
      }
    }
  }

  static FeedStore open(Path directory) {
    return FeedStore.open(
        directory,
        WRITE_BUFFER_BYTES,
        () -> {
          throw new AssertionError("the store was damaged and thrown away");
        });
  }

  static long offset(FeedStore store) {
    return store.offsets().getOrDefault(0, 0L);
  }

  private interface Change {
    /** Puts an item there; removes it where the time is negative. */
    void accept(String uri, long sortAt, String text);
  }

  private void each(long offset, Change change) {
    Random random = new Random(seed * 1_000_003 + offset);
    for (int n = 0; n < CHANGES; n++) {
      String uri = "at://" + random.nextInt(ITEMS);
      byte[] text = new byte[100];
      random.nextBytes(text);
      long sortAt = random.nextInt(3) == 0 ? -1 : random.nextInt(1_000);
      change.accept(uri, sortAt, HexFormat.of().formatHex(text));
    }
  }

  private Changes batch(long offset) {
    Changes changes = new Changes();
    each(
        offset,
        (uri, sortAt, text) -> {
          if (sortAt < 0) {
            Items.remove(changes, FEED, uri);
          } else {
            Items.put(changes, FEED, uri, sortAt, 1_000, text);
          }
        });
    changes.offset(0, offset);
    return changes;
  }

  /** Where each item stands after all batches up to this offset. */
  List<Position> itemsAt(long last) {
    Map<String, Position> items = new HashMap<>();
    for (long offset = 1; offset <= last; offset++) {
      each(
          offset,
          (uri, sortAt, text) -> {
            if (sortAt < 0) {
              items.remove(uri);
            } else {
              items.put(uri, new Position(sortAt, uri));
            }
          });
    }
    return List.copyOf(items.values());
  }
}
