package courtside.feedapi.store;

import static courtside.feedapi.store.WrittenBatches.FEED;
import static org.assertj.core.api.Assertions.assertThat;

import courtside.feedapi.KilledWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes the store is killed, again and again. */
@Timeout(180)
final class KilledStoreTest {
  private static final long SEED = 11;
  private static final int KILLS = 5;

  /** Enough to fill the buffers several times. */
  private static final int LEAST_BATCHES = 20;

  private static final int MORE_BATCHES = 40;

  /** More than any batch takes, so that the moment may lie anywhere within one. */
  private static final int MOST_NANOS = 20_000_000;

  @TempDir private Path directory;

  @Test
  void isWholeWheneverItsProcessIsKilled() throws Exception {
    Random random = new Random(SEED);
    WrittenBatches batches = new WrittenBatches(SEED);
    for (int kill = 1; kill <= KILLS; kill++) {
      String moment = "seed %d, kill %d".formatted(SEED, kill);

      long told =
          KilledWriter.writeAndKill(
              WrittenBatches.class,
              database(),
              SEED,
              LEAST_BATCHES + random.nextInt(MORE_BATCHES),
              random.nextInt(MOST_NANOS),
              moment);
      assertThat(tables()).as("%s: tables that were written meanwhile", moment).isPositive();

      try (FeedStore store = WrittenBatches.open(database())) {
        long offset = WrittenBatches.offset(store);
        assertThat(offset).as(moment).isGreaterThanOrEqualTo(told);
        assertThat(positions(store))
            .as(moment)
            .containsExactlyInAnyOrderElementsOf(batches.itemsAt(offset));
        assertThat(store.indexedKeys())
            .as(moment)
            .containsExactlyInAnyOrderElementsOf(store.itemKeys());
        assertThat(store.items()).as(moment).isEqualTo(store.itemKeys().size());
      }
    }
  }

  private long tables() throws IOException {
    try (Stream<Path> files = Files.list(database())) {
      return files.filter(file -> file.toString().endsWith(".sst")).count();
    }
  }

  /** What the index says: where each item stands. */
  private static List<Position> positions(FeedStore store) {
    return store
        .newest(FEED, null, entry -> true, Integer.MAX_VALUE, Integer.MAX_VALUE)
        .entries()
        .stream()
        .map(FeedEntry::position)
        .toList();
  }

  private Path database() {
    return directory.resolve("store");
  }
}
