package courtside.testkit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.recording.Recording;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class PlayerTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void goesOnWhereTheLogStops() throws IOException, InterruptedException {
    Recording recording = Recording.bundled();
    List<RecordedFrame> frames = recording.frames();
    try (FrameLog log = FrameLog.open(directory)) {
      // Given
      for (RecordedFrame frame : frames.subList(0, 100)) {
        log.append(frame.seq(), frame.bytes().toArray());
      }

      // When
      try (Player player = Player.start(recording, log, new Pace.AsFastAsPossible())) {
        assertThat(player.awaitEnd(LIMIT)).isTrue();
        assertThat(player.ended()).isTrue();
      }

      // Then
      try (FrameLog.Reader reader = log.readAfter(0)) {
        for (RecordedFrame frame : frames) {
          assertThat(reader.next(0)).isEqualTo(new Reading.Frame(frame.seq(), frame.bytes()));
        }
      }
      try (Player again = Player.start(recording, log, new Pace.AsRecorded())) {
        assertThat(again.awaitEnd(LIMIT)).isTrue();
      }
      assertThat(log.lastSeq()).isEqualTo(frames.getLast().seq());
    }
  }

  @Test
  void waitsForTheTimeOfAFrame() throws IOException, InterruptedException {
    Recording recording = Recording.bundled();
    AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
    try (FrameLog log = FrameLog.open(directory);
        Player player = Player.start(recording, log, new Pace.Rate(100), clock::get)) {
      // Given the first is due at once, the second after 10 ms of a clock that stands
      await().atMost(LIMIT).until(() -> log.lastSeq() == recording.frames().getFirst().seq());

      // When, over the end of the clock's numbers
      clock.addAndGet(Duration.ofMillis(20).toNanos());

      // Then
      await().atMost(LIMIT).until(() -> log.lastSeq() == recording.frames().get(2).seq());
      assertThat(player.awaitEnd(Duration.ofNanos(1))).isFalse();
      assertThat(log.lastSeq()).isEqualTo(recording.frames().get(2).seq());
    }
  }

  @Test
  void closeEndsAWait() throws IOException, InterruptedException {
    try (FrameLog log = FrameLog.open(directory)) {
      Player player = Player.start(Recording.bundled(), log, new Pace.Rate(0.000_001), () -> 0);
      await().atMost(LIMIT).until(() -> log.lastSeq() > 0);

      player.close();

      assertThat(player.awaitEnd(LIMIT)).isFalse();
      assertThat(player.ended()).isFalse();
      assertThat(player.failure()).isEmpty();
    }
  }

  @Test
  void saysThatTheLogCouldNotBeWritten() throws IOException {
    FrameLog log = FrameLog.open(directory);
    log.close();
    try (Player player = Player.start(Recording.bundled(), log, new Pace.AsFastAsPossible())) {
      assertThatThrownBy(() -> player.awaitEnd(LIMIT))
          .isInstanceOf(IOException.class)
          .hasRootCauseMessage("the frame log is closed");
      assertThat(player.ended()).isFalse();
      assertThat(player.failure()).get().isInstanceOf(IOException.class);
    }
  }

  @Test
  void saysThatAProgrammeFailed() throws IOException {
    Programme broken =
        new Programme() {
          @Override
          public OptionalLong nextDueNanos(long elapsedNanos) {
            return OptionalLong.of(elapsedNanos);
          }

          @Override
          public void playNext(FrameLog log) {
            throw new IllegalArgumentException("nothing to play");
          }
        };
    try (FrameLog log = FrameLog.open(directory);
        Player player = Player.start(List.of(broken), log, System::nanoTime)) {
      assertThatThrownBy(() -> player.awaitEnd(LIMIT))
          .isInstanceOf(IOException.class)
          .hasRootCauseMessage("nothing to play");
    }
  }

  @Test
  void pacesSayWhenAFrameIsDue() {
    Instant first = Instant.parse("2026-11-23T18:35:55.800Z");
    assertThat(new Pace.AsRecorded().dueNanos(7, first, first.plusMillis(1500)))
        .isEqualTo(1_500_000_000L);
    assertThat(new Pace.AsRecorded().dueNanos(7, first, first.minusMillis(1))).isZero();
    assertThat(new Pace.Rate(2000).dueNanos(7, first, first.plusMillis(1500)))
        .isEqualTo(3_500_000L);
    assertThat(new Pace.AsFastAsPossible().dueNanos(7, first, first.plusMillis(1500))).isZero();
    assertThatThrownBy(() -> new Pace.Rate(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Pace.Rate(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
