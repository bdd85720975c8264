package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pump that stands still while its process lives: what a heartbeat of the group does not show.
 */
@Timeout(120)
final class HungPumpTest {
  @TempDir Path directory;

  @Test
  void isReplacedAndWritesNothingWhenItGoesOn() throws Exception {
    List<RecordedFrame> recording = Recordings.longest().frames().subList(0, 1_500);
    HangingClock clock = new HangingClock();
    CountDownLatch ended = new CountDownLatch(1);
    try (IngestorFixture fixture = new IngestorFixture(directory);
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames)) {
      append(frames, recording.subList(0, 500));
      IngestorSettings settings = fixture.settings(relay, Map.of());
      try (Ingestor first =
              Ingestor.start(
                  settings,
                  courtside.ingestor.relay.RelaySettings.DEFAULT,
                  clock,
                  ended::countDown);
          Ingestor second = startStandby(fixture, settings, first)) {
        fixture.awaitCursor("recording", recording.get(499).seq());
        // when: the pump hangs in the middle of a transaction
        clock.hang();
        append(frames, recording.subList(500, 1_000));
        fixture.awaitCursor("recording", recording.get(999).seq());
        // then
        IngestorFixture.awaitState(second, "reading");
        ended.await();
        // when: what should have ended goes on
        clock.goOn();
        IngestorFixture.awaitState(first, "standby");
        append(frames, recording.subList(1_000, 1_500));
        fixture.awaitCursor("recording", recording.get(1_499).seq());
        assertThat(second.health().state()).isEqualTo("reading");
      }
      assertThat(LoggedFrames.compare(fixture.records(), recording))
          .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
    }
  }

  private static Ingestor startStandby(
      IngestorFixture fixture, IngestorSettings settings, Ingestor first) throws Exception {
    IngestorFixture.awaitState(first, "reading");
    Ingestor second = fixture.start(settings);
    await().atMost(IngestorFixture.LIMIT).until(() -> second.health().state().equals("standby"));
    return second;
  }

  private static void append(FrameLog frames, List<RecordedFrame> part) throws IOException {
    for (RecordedFrame frame : part) {
      frames.append(frame.seq(), frame.bytes().toArray());
    }
  }

  /** Stops the pump's thread wherever it asks for the time. */
  private static final class HangingClock implements InstantSource {
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile boolean hangs;

    void hang() {
      hangs = true;
    }

    void goOn() {
      hangs = false;
      goOn.countDown();
    }

    @Override
    public Instant instant() {
      if (hangs && Thread.currentThread().getName().equals("pump")) {
        try {
          goOn.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return Instant.now();
    }
  }
}
