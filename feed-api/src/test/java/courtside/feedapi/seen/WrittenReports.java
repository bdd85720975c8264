package courtside.feedapi.seen;

import courtside.atproto.syntax.Did;
import courtside.feedapi.seen.SeenEntries.Report;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Batches of reports that follow from a seed and their offset alone, so that two processes agree on
 * what a store holds at an offset. As a process of its own it writes them without end.
 */
final class WrittenReports {
  /** So small that the buffers are written to the disk again and again. */
  private static final long WRITE_BUFFER_BYTES = 64 << 10;

  private static final int MOST = 100;
  private static final int VIEWERS = 200;
  private static final int REPORTS = 300;

  private final long seed;

  WrittenReports(long seed) {
    this.seed = seed;
  }

  /**
   * Writes the next batches of a store, and the offset after each, one a line.
   *
   * @param arguments the store's directory and the seed
   */
  public static void main(String[] arguments) {
    WrittenReports reports = new WrittenReports(Long.parseLong(arguments[1]));
    try (SeenStore store = open(Path.of(arguments[0]))) {
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      for (long offset = offset(store) + 1; !out.checkError(); offset++) {
        store.apply(reports.batch(offset), Map.of(0, offset), MOST, after(offset));
        out.println(offset);
      }
    }
  }

  static SeenStore open(Path directory) {
    SeenStore store = new SeenStore(directory, WRITE_BUFFER_BYTES);
    store.open();
    return store;
  }

  static long offset(SeenStore store) {
    return store.offsets().getOrDefault(0, 0L);
  }

  private static long after(long offset) {
    return Math.max(0, offset - 20);
  }

  private Map<Did, List<Report>> batch(long offset) {
    Random random = new Random(seed * 1_000_003 + offset);
    Map<Did, List<Report>> batch = new HashMap<>();
    for (int n = 0; n < REPORTS; n++) {
      batch
          .computeIfAbsent(
              new Did("did:plc:v" + random.nextInt(VIEWERS)), viewer -> new ArrayList<>())
          .add(new Report(random.nextInt(500), offset));
    }
    return batch;
  }

  /** What each viewer has seen after all batches up to this offset. */
  Map<String, SeenEntries> seenAt(long last) {
    Map<String, SeenEntries> seen = new HashMap<>();
    for (long offset = 1; offset <= last; offset++) {
      long after = after(offset);
      batch(offset)
          .forEach((viewer, reports) ->
              seen.put(
                  viewer.value(),
                  seen.getOrDefault(viewer.value(), SeenEntries.NONE).with(reports, MOST, after)));
    }
    return seen;
  }
}
