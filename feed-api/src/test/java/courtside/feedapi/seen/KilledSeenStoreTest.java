package courtside.feedapi.seen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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
          writeAndKill(
              LEAST_BATCHES + random.nextInt(MORE_BATCHES), random.nextInt(MOST_NANOS), moment);
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

  /** Returns the last offset that the process has said it has written before it was killed. */
  private long writeAndKill(int batches, int nanos, String moment)
      throws IOException, InterruptedException {
    Path errors = directory.resolve("errors");
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                WrittenReports.class.getName(),
                database().toString(),
                Long.toString(SEED))
            .redirectError(errors.toFile())
            .start();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
      long told = 0;
      for (int n = 0; n < batches; n++) {
        String line = lines.readLine();
        if (line == null) {
          throw new AssertionError(moment + ": the writer has ended: " + Files.readString(errors));
        }
        told = Long.parseLong(line);
      }
      long end = System.nanoTime() + nanos;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      // SIGKILL, before its output is closed: it would end by itself.
      writer.destroyForcibly();
      return told;
    } finally {
      writer.destroyForcibly().waitFor();
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
