package courtside.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.firehose.Event;
import courtside.atproto.firehose.Frame;
import courtside.atproto.syntax.Did;
import courtside.testkit.accounts.Identities;
import courtside.testkit.network.Evening;
import courtside.testkit.recording.Recording;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Pace;
import courtside.testkit.relay.Reading;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class DemoRelayTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void playsTheRecordingOnceAndThenNewAccountsAtEachStart() throws Exception {
    Recording recording = Recording.bundled();
    int recorded = recording.frames().size();
    long lastRecorded = recording.frames().getLast().seq();

    long afterFirst = run("plays " + recorded + " recorded frames once, then ", lastRecorded);
    long afterSecond = run("has played its " + recorded + " recorded frames, ", afterFirst);

    try (FrameLog frames = FrameLog.open(directory);
        FrameLog.Reader reader = frames.readAfter(lastRecorded)) {
      assertThat(authors(reader, lastRecorded, afterFirst)).isSubsetOf(dids(1));
      assertThat(authors(reader, afterFirst, afterSecond)).isSubsetOf(dids(2));
    }
  }

  /** Runs it until it has shown a hundred frames more, and returns the number of the last. */
  private long run(String plan, long before) {
    DemoRelay relay = DemoRelay.start(directory, new Pace.AsFastAsPossible(), 1_000);
    try (relay) {
      assertThat(relay.plan()).isEqualTo(plan + "goes on with a simulated network");
      await().atMost(LIMIT).until(() -> relay.lastSeq() >= before + 100);
      assertThat(relay.stage()).isEqualTo("simulated network");
      assertThat(relay.failed()).isFalse();
    }
    return relay.lastSeq();
  }

  private static Set<Did> authors(FrameLog.Reader reader, long after, long last) throws Exception {
    Set<Did> authors = new HashSet<>();
    for (long seq = after + 1; seq <= last; seq++) {
      Reading.Frame frame = (Reading.Frame) reader.next(0);
      assertThat(frame.seq()).isEqualTo(seq);
      authors.add(((Event) Frame.read(frame.bytes().toArray())).did());
    }
    return authors;
  }

  private static Set<Did> dids(long start) {
    Identities identities = new Identities(DemoRelay.SEED, start);
    int voices = new Evening(new Random(1)).voices().size();
    Set<Did> dids = new HashSet<>();
    for (int voice = 0; voice < voices; voice++) {
      dids.add(identities.did(voice));
    }
    return dids;
  }

  @Test
  void isSilentAfterTheRecordingWhereItIsToBe() {
    try (DemoRelay relay = DemoRelay.start(directory, new Pace.AsFastAsPossible(), 0)) {
      assertThat(relay.plan()).endsWith(" recorded frames once");
      await().atMost(LIMIT).until(() -> !relay.stage().equals("recording"));
      assertThat(relay.stage()).isEqualTo("the recording has ended");
    }
  }

  @Test
  void saysHowMuchIsLeftOfTheRecording() throws Exception {
    Recording recording = Recording.bundled();
    try (FrameLog frames = FrameLog.open(directory)) {
      for (var frame : recording.frames().subList(0, 25)) {
        frames.append(frame.seq(), frame.bytes().toArray());
      }
    }
    try (DemoRelay relay = DemoRelay.start(directory, new Pace.Rate(0.001), 3)) {
      int all = recording.frames().size();
      assertThat(relay.plan())
          .isEqualTo(
              "goes on playing: "
                  + (all - 25)
                  + " of "
                  + all
                  + " recorded frames are left, then goes on with a simulated network");
      assertThat(relay.stage()).isEqualTo("recording");
    }
  }
}
