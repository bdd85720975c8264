package courtside.testkit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FrameLogTest {
  private static final long LIMIT = TimeUnit.SECONDS.toNanos(10);

  @TempDir Path directory;

  @Test
  void givesBackWhatWasAppendedInOrder() throws IOException, InterruptedException {
    try (FrameLog log = FrameLog.open(directory)) {
      // When
      log.append(3, bytes("three"));
      log.append(7, bytes(""));
      log.append(8, bytes("eight"));

      // Then
      assertThat(textsAfter(log, 0)).containsExactly("3 three", "7 ", "8 eight");
      assertThat(textsAfter(log, 3)).containsExactly("7 ", "8 eight");
      assertThat(textsAfter(log, 5)).containsExactly("7 ", "8 eight");
      assertThat(textsAfter(log, 8)).isEmpty();
      assertThat(log.lastSeq()).isEqualTo(8);
      assertThat(log.oldestSeq()).hasValue(3);
      assertThat(log.droppedThrough()).isZero();
    }
  }

  @Test
  void remembersOverARestart() throws IOException, InterruptedException {
    // Given
    try (FrameLog log = FrameLog.open(directory)) {
      assertThat(log.starts()).isEqualTo(1);
      log.append(1, bytes("one"));
    }

    // When
    try (FrameLog log = FrameLog.open(directory)) {
      log.append(2, bytes("two"));

      // Then
      assertThat(log.starts()).isEqualTo(2);
      assertThat(textsAfter(log, 0)).containsExactly("1 one", "2 two");
    }
  }

  @Test
  void cutsOffATornRecordWhereverItIsTorn() throws IOException, InterruptedException {
    // Given
    try (FrameLog log = FrameLog.open(directory)) {
      log.append(1, bytes("whole"));
    }
    Path file = segments().getFirst();
    long whole = Files.size(file);
    try (FrameLog log = FrameLog.open(directory)) {
      log.append(2, bytes("torn"));
    }
    byte[] all = Files.readAllBytes(file);

    for (int end = (int) whole; end < all.length; end++) {
      Files.write(file, Arrays.copyOf(all, end));

      // When
      try (FrameLog log = FrameLog.open(directory)) {
        // Then
        assertThat(textsAfter(log, 0)).as("cut at byte %d", end).containsExactly("1 whole");
        log.append(2, bytes("again"));
        assertThat(textsAfter(log, 1)).containsExactly("2 again");
      }
    }
  }

  @Test
  void recoversWhereverTheFirstSegmentIsTorn() throws IOException, InterruptedException {
    try (FrameLog log = FrameLog.open(directory)) {
      log.append(5, bytes("x"));
    }
    Path file = segments().getFirst();
    byte[] all = Files.readAllBytes(file);

    for (int end = 0; end < all.length; end++) {
      Files.write(file, Arrays.copyOf(all, end));
      try (FrameLog log = FrameLog.open(directory)) {
        assertThat(textsAfter(log, 0)).as("cut at byte %d", end).isEmpty();
        assertThat(log.lastSeq()).isZero();
      }
    }
  }

  @Test
  void recoversWhereTheHeadOfANewSegmentIsTorn() throws IOException, InterruptedException {
    // Given: every frame has a segment of its own
    try (FrameLog log = FrameLog.open(directory, 200)) {
      for (int seq = 1; seq <= 3; seq++) {
        log.append(seq, bytes("frame"));
      }
    }
    Path newest = segments().getLast();
    byte[] head = Arrays.copyOf(Files.readAllBytes(newest), Segment.HEAD_BYTES);

    for (int end = 0; end < head.length; end++) {
      Files.write(newest, Arrays.copyOf(head, end));
      // When
      try (FrameLog log = FrameLog.open(directory, 200)) {
        // Then
        assertThat(textsAfter(log, 0)).containsExactly("1 frame", "2 frame");
        assertThat(log.lastSeq()).isEqualTo(2);
      }
    }
  }

  @Test
  void cutsOffARecordWhoseChecksumDoesNotHold() throws IOException, InterruptedException {
    // Given
    try (FrameLog log = FrameLog.open(directory)) {
      log.append(1, bytes("one"));
      log.append(2, bytes("two"));
    }
    Path file = segments().getFirst();
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.seek(out.length() - 1);
      out.write('O');
    }

    // When
    try (FrameLog log = FrameLog.open(directory)) {
      // Then
      assertThat(textsAfter(log, 0)).containsExactly("1 one");
    }
  }

  @Test
  void refusesDamageThatNoKillLeaves() throws IOException {
    // Given
    try (FrameLog log = FrameLog.open(directory, 200)) {
      for (int seq = 1; seq <= 3; seq++) {
        log.append(seq, bytes("frame"));
      }
    }
    Path oldest = segments().getFirst();
    byte[] all = Files.readAllBytes(oldest);

    // When a middle byte is lost, or a whole segment
    Files.write(oldest, Arrays.copyOf(all, all.length - 1));
    assertThatThrownBy(() -> FrameLog.open(directory, 200))
        // Then
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged at byte 20")
        .hasMessageContaining("delete the directory");
    Files.write(oldest, all);
    Files.delete(segments().get(1));
    assertThatThrownBy(() -> FrameLog.open(directory, 200))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("delete the directory");
  }

  @Test
  void keepsTheNewestBytes() throws IOException, InterruptedException {
    try (FrameLog log = FrameLog.open(directory, 16_000)) {
      // When
      for (int seq = 1; seq <= 500; seq++) {
        log.append(seq, new byte[84]);
      }

      // Then: a record is 100 bytes, a segment at least 1,000
      long held = log.lastSeq() - log.droppedThrough();
      assertThat(held).isBetween(150L, 180L);
      assertThat(log.oldestSeq()).hasValue(log.droppedThrough() + 1);
      long size = 0;
      for (Path segment : segments()) {
        size += Files.size(segment);
      }
      assertThat(size).isBetween(16_000L, 18_000L);
    }
    try (FrameLog log = FrameLog.open(directory, 16_000)) {
      assertThat(log.oldestSeq()).hasValue(log.droppedThrough() + 1);
      assertThat(log.lastSeq()).isEqualTo(500);
    }
  }

  @Test
  void tellsAReaderThatWasOvertaken() throws IOException, InterruptedException {
    try (FrameLog log = FrameLog.open(directory, 200)) {
      log.append(1, bytes("one"));
      try (FrameLog.Reader reader = log.readAfter(0)) {
        // When
        for (int seq = 2; seq <= 50; seq++) {
          log.append(seq, bytes("frame"));
        }

        // Then what it had open it still reads; what came after is gone
        assertThat(reader.next(0)).isInstanceOf(Reading.Frame.class);
        assertThat(reader.next(0)).isInstanceOf(Reading.Overtaken.class);
      }
    }
  }

  @Test
  void wakesAReaderThatWaits()
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    try (FrameLog log = FrameLog.open(directory);
        FrameLog.Reader reader = log.readNew()) {
      // Given
      CompletableFuture<Reading> next = nextOf(reader);

      // When
      log.append(1, bytes("one"));

      // Then
      assertThat(next.get(LIMIT, TimeUnit.NANOSECONDS))
          .isInstanceOfSatisfying(
              Reading.Frame.class, frame -> assertThat(frame.seq()).isEqualTo(1));
    }
  }

  @Test
  void stopAndCloseEndAReaderThatWaits()
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    FrameLog log = FrameLog.open(directory);
    try (FrameLog.Reader stopped = log.readNew();
        FrameLog.Reader closed = log.readNew()) {
      CompletableFuture<Reading> first = nextOf(stopped);
      CompletableFuture<Reading> second = nextOf(closed);

      stopped.stop();
      assertThat(first.get(LIMIT, TimeUnit.NANOSECONDS)).isInstanceOf(Reading.Closed.class);
      assertThat(second).isNotDone();

      log.close();
      assertThat(second.get(LIMIT, TimeUnit.NANOSECONDS)).isInstanceOf(Reading.Closed.class);
    }
  }

  @Test
  void isQuietWhereNothingComes() throws IOException, InterruptedException {
    try (FrameLog log = FrameLog.open(directory);
        FrameLog.Reader reader = log.readAfter(0)) {
      assertThat(reader.next(1)).isInstanceOf(Reading.Quiet.class);
      log.append(1, bytes("one"));
      assertThat(reader.next(1)).isInstanceOf(Reading.Frame.class);
    }
  }

  @Test
  void refusesNumbersThatDoNotRiseAndFramesThatAreTooLarge()
      throws IOException, InterruptedException {
    try (FrameLog log = FrameLog.open(directory)) {
      log.append(5, bytes("five"));
      assertThatThrownBy(() -> log.append(5, bytes("again")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("above 5, found 5");
      assertThatThrownBy(() -> log.append(6, new byte[5_000_001]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(textsAfter(log, 0)).containsExactly("5 five");
    }
  }

  @Test
  void isOneRelaysAtATime() throws IOException {
    try (FrameLog log = FrameLog.open(directory)) {
      assertThatThrownBy(() -> FrameLog.open(directory))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another relay has");
      assertThat(log.starts()).isEqualTo(1);
    }
    FrameLog.open(directory).close();
  }

  private static CompletableFuture<Reading> nextOf(FrameLog.Reader reader) {
    CompletableFuture<Reading> next = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                next.complete(reader.next(LIMIT));
              } catch (IOException | InterruptedException e) {
                next.completeExceptionally(e);
              }
            });
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    return next;
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".frames"))
          .sorted(Comparator.naturalOrder())
          .toList();
    }
  }

  private static List<String> textsAfter(FrameLog log, long seq)
      throws IOException, InterruptedException {
    List<String> texts = new ArrayList<>();
    try (FrameLog.Reader reader = log.readAfter(seq)) {
      while (reader.next(0) instanceof Reading.Frame frame) {
        texts.add(frame.seq() + " " + new String(frame.bytes().toArray(), StandardCharsets.UTF_8));
      }
    }
    return texts;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
