package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.syntax.Did;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.Incident;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Injection;
import courtside.testkit.relay.Ledger;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import courtside.testkit.relay.fault.Cue;
import courtside.testkit.relay.fault.Fault;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A relay that refuses to be asked for its beginning. */
@Timeout(120)
final class RefusedBeginningTest {
  private static final long HAS = 20;

  /** So many refusals are taken for one of the cursor. */
  private static final int PATIENCE = 5;

  @TempDir Path directory;
  private IngestorFixture fixture;
  private FrameLog frames;
  private Relay relay;

  @BeforeEach
  void start() throws Exception {
    fixture = new IngestorFixture(directory);
    frames = FrameLog.open(directory.resolve("relay"));
    for (long seq = 1; seq <= HAS; seq++) {
      append(seq);
    }
    relay = Relay.start(RelaySettings.DEFAULT, frames);
  }

  @AfterEach
  void stop() throws Exception {
    relay.close();
    frames.close();
    fixture.close();
  }

  private void append(long seq) throws Exception {
    frames.append(
        seq,
        FrameWriter.account(
            seq,
            Instant.now().toString(),
            new Did("did:plc:ewvi7nxzyoun6zhxrhs64oiz"),
            true,
            Optional.empty()));
  }

  private Ingestor ingestor() throws InterruptedException {
    return fixture.start(
        fixture.settings(relay, Map.of()), IngestorFixture.QUICK, InstantSource.system());
  }

  /** Refuses so many connections, whatever they ask for. */
  private void refuse(int times) throws Exception {
    Injection injection = relay.inject(new Fault.Refuses("FutureCursor"), Cue.everyConnection());
    assertThat(injection.awaitFired(times, IngestorFixture.LIMIT)).isTrue();
    injection.cancel();
    await().atMost(IngestorFixture.LIMIT).until(() -> asked().size() == times + 1);
  }

  private List<OptionalLong> asked() {
    return relay.ledger().streams().stream().map(Ledger.Stream::cursor).toList();
  }

  private List<Long> gaps() {
    return fixture.incidents().stream()
        .filter(incident -> incident.kind() == Incident.Kind.GAP)
        .map(incident -> incident.to().orElse(0))
        .toList();
  }

  @Test
  void isReadLiveAndThatIsAGap() throws Exception {
    try (Ingestor _ = ingestor()) {
      refuse(PATIENCE);
      assertThat(asked().subList(0, PATIENCE)).containsOnly(OptionalLong.of(0));
      assertThat(asked().getLast()).isEmpty();
      append(HAS + 1);
      fixture.awaitCursor("recording", HAS + 1);
    }
    assertThat(gaps()).containsExactly(HAS + 1);
    // Nothing was had of any other numbering.
    assertThat(fixture.cursor("recording").map(Cursor::epoch)).contains(1L);
  }

  @Test
  void isAskedForItOnceMoreWhereItRefusesTheLiveTipToo() throws Exception {
    try (Ingestor _ = ingestor()) {
      refuse(PATIENCE + 1);
      assertThat(asked().get(PATIENCE)).isEmpty();
      assertThat(asked().getLast()).hasValue(0);
      fixture.awaitCursor("recording", HAS);
    }
    assertThat(gaps()).isEmpty();
    assertThat(fixture.cursor("recording").map(Cursor::epoch)).contains(1L);
  }
}
