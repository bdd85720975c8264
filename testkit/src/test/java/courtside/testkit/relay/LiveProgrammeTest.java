package courtside.testkit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.firehose.Event;
import courtside.atproto.firehose.Frame;
import courtside.testkit.accounts.Identities;
import courtside.testkit.accounts.Onlooker;
import courtside.testkit.accounts.SimulatedNetwork;
import courtside.testkit.network.Evening;
import courtside.testkit.recording.Recording;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class LiveProgrammeTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long SEED = 5;
  private static final Instant NOW = Instant.parse("2026-11-25T20:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);
  private static final int VOICES = new Evening(new SplittableRandom(1)).voices().size();

  @TempDir Path directory;

  private static LiveProgramme live(long start, double actsPerSecond) {
    return new LiveProgramme(
        new SimulatedNetwork(new Identities(SEED, start)), actsPerSecond, CLOCK);
  }

  @Test
  void goesOnAfterARecordingWithTheNextNumbers() throws Exception {
    Recording recording = Recording.bundled();
    long last = recording.frames().getLast().seq();
    Onlooker onlooker = new Onlooker(new Identities(SEED, 1), VOICES);
    try (FrameLog log = FrameLog.open(directory)) {
      // When
      List<Programme> programmes =
          List.of(
              new RecordedProgramme(recording, log.lastSeq(), new Pace.AsFastAsPossible()),
              live(1, 1_000));
      try (Player player = Player.start(programmes, log, System::nanoTime)) {
        await().atMost(LIMIT).until(() -> log.lastSeq() > last + 200);
        assertThat(player.ended()).isFalse();
        assertThat(player.failure()).isEmpty();
      }

      // Then
      long end = log.lastSeq();
      try (FrameLog.Reader reader = log.readAfter(0)) {
        for (var frame : recording.frames()) {
          assertThat(reader.next(0)).isEqualTo(new Reading.Frame(frame.seq(), frame.bytes()));
        }
        for (long seq = last + 1; seq <= end; seq++) {
          Reading.Frame frame = (Reading.Frame) reader.next(0);
          assertThat(frame.seq()).isEqualTo(seq);
          onlooker.see(seq, frame.bytes().toArray(), NOW);
        }
      }
    }
  }

  @Test
  void isSeenWholeByAClientThatStaysAwayOverARestart() throws Exception {
    Onlooker first = new Onlooker(new Identities(SEED, 1), VOICES);
    Onlooker second = new Onlooker(new Identities(SEED, 2), VOICES);

    // Given a first start, of which a client has seen a part
    long seen;
    long firstEnd;
    try (FrameLog log = FrameLog.open(directory);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log);
        Player player = Player.start(List.of(live(log.starts(), 1_000)), log, System::nanoTime);
        TestClient client = TestClient.after(relay, 0)) {
      List<Bytes> messages = client.awaitMessages(100);
      seen = messages.size();
      see(messages, 0, first, second);
      await().atMost(LIMIT).until(() -> log.lastSeq() > seen + 50);
      player.close();
      firstEnd = log.lastSeq();
    }

    // When it is started again, and the client asks for what it has not seen
    try (FrameLog log = FrameLog.open(directory);
        Relay relay = Relay.start(RelaySettings.DEFAULT, log);
        Player _ = Player.start(List.of(live(log.starts(), 1_000)), log, System::nanoTime);
        TestClient client = TestClient.after(relay, seen)) {
      assertThat(log.lastSeq()).isGreaterThanOrEqualTo(firstEnd);
      int wanted = (int) (firstEnd - seen) + 200;
      see(client.awaitMessages(wanted).subList(0, wanted), seen, first, second);
    }

    // Then it has missed nothing, and the accounts are others
    assertThat(first.seen()).containsKey("CREATE app.bsky.feed.post");
    assertThat(second.seen()).containsKey("CREATE app.bsky.feed.post");
  }

  private static void see(List<Bytes> messages, long after, Onlooker first, Onlooker second)
      throws MalformedDataException {
    long seq = after;
    for (Bytes message : messages) {
      seq++;
      Event event = (Event) Frame.read(message.toArray());
      Onlooker who = first.knows(event.did()) ? first : second;
      who.see(seq, message.toArray(), NOW);
    }
  }

  @Test
  void actsWhenItIsTime() throws IOException {
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    try (FrameLog log = FrameLog.open(directory);
        Player player = Player.start(List.of(live(1, 2)), log, nanos::get)) {
      // Given the first act is due at once: an account, its first commit, and what it does
      await().atMost(LIMIT).until(() -> log.lastSeq() == 4);

      // When half a second passes, over the end of the clock's numbers
      nanos.addAndGet(Duration.ofMillis(500).toNanos());

      // Then there is one act more
      await().atMost(LIMIT).until(() -> log.lastSeq() > 4);
      player.close();
      assertThat(log.lastSeq()).isBetween(5L, 12L);
    }
  }

  @Test
  void doesNotMakeUpForHoursThatTheMachineSlept() throws IOException {
    LiveProgramme programme = live(1, 4);
    long hour = Duration.ofHours(1).toNanos();
    try (FrameLog log = FrameLog.open(directory)) {
      assertThat(programme.nextDueNanos(0)).hasValue(0);
      programme.playNext(log);
      assertThat(programme.nextDueNanos(hour)).hasValue(hour);
      programme.playNext(log);
      assertThat(programme.nextDueNanos(hour + 1)).hasValue(hour + 250_000_000);
      programme.playNext(log);
      // A little late is made up for.
      assertThat(programme.nextDueNanos(hour + 900_000_000)).hasValue(hour + 500_000_000);
    }
  }

  @Test
  void refusesAPaceThatIsNone() {
    for (double pace : new double[] {0, -1, Double.NaN, LiveProgramme.MAX_RATE + 1.0}) {
      assertThatThrownBy(() -> live(1, pace)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
