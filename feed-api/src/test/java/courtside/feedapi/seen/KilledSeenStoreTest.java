package courtside.feedapi.seen;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.feedapi.KilledWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes what was seen is killed, again and again. */
@Timeout(120)
final class KilledSeenStoreTest {
  private static final long SEED = 13;
  private static final int KILLS = 3;
  private static final int LEAST_BATCHES = 20;
  private static final int MORE_BATCHES = 20;

  /** More than any batch takes, so that the moment may lie anywhere within one. */
  private static final int MOST_NANOS = 10_000_000;

  @TempDir private Path directory;

  @Test
  void isWholeWheneverItsProcessIsKilled() throws Exception {
    Random random = new Random(SEED);
    WrittenReports reports = new WrittenReports(SEED);
    for (int kill = 1; kill <= KILLS; kill++) {
      String moment = "seed %d, kill %d".formatted(SEED, kill);

      long told =
          KilledWriter.writeAndKill(
              WrittenReports.class,
              database(),
              SEED,
              LEAST_BATCHES + random.nextInt(MORE_BATCHES),
              random.nextInt(MOST_NANOS),
              moment);
      assertThat(tables()).as("%s: tables that were written meanwhile", moment).isPositive();

      try (SeenStore store = WrittenReports.open(database())) {
        long offset = WrittenReports.offset(store);
        assertThat(offset).as(moment).isGreaterThanOrEqualTo(told);
        Map<String, byte[]> held = store.all();
        Map<String, SeenEntries> expected = reports.seenAt(offset);
        assertThat(held.keySet()).as(moment).isEqualTo(expected.keySet());
        expected.forEach((viewer, seen) ->
            assertThat(held.get(viewer)).as("%s, %s", moment, viewer).isEqualTo(seen.encode()));
        assertThat(store.viewers()).as(moment).isEqualTo(held.size());
      }
    }
  }

  private long tables() throws IOException {
    try (Stream<Path> files = Files.list(database())) {
      return files.filter(file -> file.toString().endsWith(".sst")).count();
    }
  }

  private Path database() {
    return directory.resolve("seen");
  }
}
