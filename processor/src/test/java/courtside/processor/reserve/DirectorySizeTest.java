package courtside.processor.reserve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectorySizeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @TempDir Path directory;

  @Test
  void isThatOfAllFilesInIt() throws Exception {
    write("a", 1_000);
    write("in/b", 200);
    write("in/it/c", 30);
    Files.createDirectory(directory.resolve("empty"));

    assertThat(DirectorySize.of(directory, PATIENCE, () -> 0)).hasValue(1_230);
  }

  @Test
  void leavesOutWhatGoesWhileItLooks() throws Exception {
    for (int i = 0; i < 20; i++) {
      write("flat" + i, 100);
      write("in" + i + "/deep", 100);
    }
    // Asked for at the start, at the directory, and at the first thing in it: then all goes.
    AtomicInteger asked = new AtomicInteger();

    OptionalLong found =
        DirectorySize.of(
            directory,
            PATIENCE,
            () -> {
              if (asked.incrementAndGet() == 3) {
                deleteAll();
              }
              return 0;
            });

    assertThat(found.orElseThrow()).isBetween(0L, 100L);
    assertThat(asked.get()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void isNothingWhereThereIsNoDirectory() throws Exception {
    assertThat(DirectorySize.of(directory.resolve("none"), PATIENCE, () -> 0)).hasValue(0);
  }

  @Test
  void isNotKnownWhereItTakesTooLong() throws Exception {
    write("a", 1_000);
    write("b", 1_000);
    AtomicInteger asked = new AtomicInteger();

    assertThat(
            DirectorySize.of(
                directory,
                PATIENCE,
                () -> asked.incrementAndGet() < 3 ? 0 : PATIENCE.toNanos() + 1))
        .isEmpty();
    assertThat(asked).hasValue(3);
  }

  private void write(String name, int bytes) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[bytes]);
  }

  private void deleteAll() {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path one :
          all.filter(path -> !path.equals(directory)).sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
