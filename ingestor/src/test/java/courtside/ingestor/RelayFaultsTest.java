package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.Bytes;
import courtside.ingestor.process.Traffic;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Injection;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import courtside.testkit.relay.fault.Cue;
import courtside.testkit.relay.fault.Fault;
import courtside.testkit.relay.fault.Malformed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One ingestor that lives through everything that a relay does wrong, one after the other, while
 * frames go on. Times are scaled 1:10. Nothing is lost and nothing doubled; how long it took until
 * the first frame after each fault was committed is in the table, and no matter of the test.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class RelayFaultsTest {
  private static final int REPEATS = 4;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String RELAY = "recording";
  private static final int LARGE = 5;
  private static final int DRIP_BYTES = 50_000;
  private static final Duration DRIP_EVERY = Duration.ofMillis(40);

  @TempDir Path directory;

  /**
   * One kind of fault.
   *
   * @param times how often it is committed; more than once on every connection that comes
   */
  private record Row(String name, Fault fault, int times) {
    Row(String name, Fault fault) {
      this(name, fault, 1);
    }
  }

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.add(new Row("silent, answers pings", new Fault.FallsSilent(true)));
    rows.add(new Row("silent, answers none", new Fault.FallsSilent(false)));
    rows.add(new Row("pings only", new Fault.OnlyPings(Duration.ofMillis(100))));
    rows.add(new Row("half-open", new Fault.GoesMute()));
    rows.add(new Row("trickle", new Fault.Trickles(Duration.ofMillis(1_500))));
    rows.add(new Row("upgrade never answered", new Fault.NeverAnswers()));
    rows.add(new Row("endless headers", new Fault.EndlessHeaders(Duration.ZERO)));
    rows.add(new Row("HTTP 429", new Fault.Answers(429, Map.of("Retry-After", "1"))));
    rows.add(new Row("HTTP 502, " + REPEATS + " times", new Fault.Answers(502, Map.of()), REPEATS));
    rows.add(new Row("HTTP 302", new Fault.Answers(302, Map.of("Location", "ws://127.0.0.1:1/"))));
    rows.add(new Row("HTTP 200", new Fault.Answers(200, Map.of())));
    rows.add(new Row("HTTP 404", new Fault.Answers(404, Map.of())));
    rows.add(new Row("reset in the handshake", new Fault.ResetsInHandshake()));
    rows.add(
        new Row("accept and close, " + REPEATS + " times", new Fault.AcceptThenCloses(), REPEATS));
    rows.add(new Row("FIN", new Fault.Fins(false)));
    rows.add(new Row("FIN in a frame", new Fault.Fins(true)));
    rows.add(new Row("RST", new Fault.Resets(false)));
    rows.add(new Row("RST in a frame", new Fault.Resets(true)));
    for (int code : List.of(1000, 1001, 1008, 1011, 1012, 1013, 3000)) {
      rows.add(new Row("close " + code, new Fault.Closes(code)));
    }
    rows.add(new Row("text", new Fault.Text("{\"seq\":1}")));
    rows.add(new Row("declares 2 GiB", new Fault.DeclaresLength((1L << 31) - 16)));
    rows.add(new Row("declares 2^63 - 1", new Fault.DeclaresLength(Long.MAX_VALUE)));
    rows.add(
        new Row("empty fragments", new Fault.FloodsFragments(Fault.FloodsFragments.ENDLESS, 0)));
    rows.add(
        new Row(
            "fragments of 64 KiB",
            new Fault.FloodsFragments(Fault.FloodsFragments.ENDLESS, 64 << 10)));
    rows.add(new Row("drips bytes", new Fault.DripsBytes(1, Duration.ofMillis(100))));
    rows.add(new Row("compressed", new Fault.Compressed(Bytes.of(new byte[100]))));
    rows.add(new Row("no WebSocket at all", new Fault.Writes(Bytes.of(new byte[] {-1, -1, -1}))));
    rows.add(new Row("repeats 200 frames", new Fault.RepeatsWindow(200)));
    return rows;
  }

  private final long seed = Long.getLong("courtside.seed", System.nanoTime());

  @Test
  void loseNothingAndDoubleNothing() throws Exception {
    AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    try (FaultTable table = new FaultTable("relay");
        IngestorFixture fixture = new IngestorFixture(directory);
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Traffic traffic = Traffic.startKept(RELAY, frames, seed);
        FaultRows lived = new FaultRows(table, fixture, traffic, RELAY)) {
      try (Ingestor ingestor =
          fixture.start(
              fixture.settings(relay, Map.of("COURTSIDE_INGESTOR_HEARTBEAT_TIMEOUT", "2s")),
              IngestorFixture.QUICK,
              () -> Instant.now().plus(ahead.get()))) {
        IngestorFixture.awaitState(ingestor, "reading");
        for (Row row : rows()) {
          live(row, relay, lived);
        }
        for (Malformed malformed : Malformed.values()) {
          // Its number, where it has one, is none that the relay gives to another frame.
          long unused = traffic.passOver(RELAY, 1) + 1;
          live(new Row("message: " + malformed, malformed.fault(unused)), relay, lived);
        }
        liveOnOneConnection(relay, traffic, lived, ahead);
        traffic.end();
        lived.awaitLast();
        assertThat(ingestor.health().live()).isTrue();
        assertThat(relay.ledger().maxOpen()).as("connections at once, seed %d", seed).isOne();
      }
      LoggedFrames logged = LoggedFrames.compare(fixture.records(), traffic.frames(RELAY));
      System.out.printf(
          "%d frames (seed %d): lost %d, doubled %d%n",
          traffic.frames(RELAY).size(), seed, logged.lost().size(), logged.doubled().size());
      assertThat(logged.lost()).as("seed %d", seed).isEmpty();
      assertThat(logged.doubled()).as("seed %d", seed).isEmpty();
      assertThat(logged.outOfOrder()).as("seed %d", seed).isEmpty();
      assertThat(fixture.incidents()).as("seed %d", seed).noneMatch(incident -> incident.lost());
    }
  }

  /** Commits the fault, and waits until a frame of after it is committed. */
  private static void live(Row row, Relay relay, FaultRows lived) throws Exception {
    // A stream that its client has left must not take the fault for the one that is read.
    await().atMost(LIMIT).until(() -> relay.ledger().open() == 1);
    boolean handshake = row.fault() instanceof Fault.AtHandshake;
    Cue cue =
        row.times() > 1
            ? Cue.everyConnection()
            : handshake ? Cue.nextConnection() : Cue.afterFrames(5);
    Injection injection = relay.inject(row.fault(), cue);
    if (handshake) {
      relay.dropConnections();
    }
    assertThat(injection.awaitFired(row.times(), LIMIT)).as(row.name()).isTrue();
    if (row.times() > 1) {
      injection.cancel();
    }
    lived.add(row.name(), injection.fired(), lived.of(injection));
    injection.cancel();
  }

  /** What is no reason to end a connection. */
  private void liveOnOneConnection(
      Relay relay, Traffic traffic, FaultRows lived, AtomicReference<Duration> ahead)
      throws Exception {
    await().atMost(LIMIT).until(() -> relay.ledger().open() == 1);
    long accepted = relay.ledger().accepted();
    FaultRows.Moment from = lived.now();
    for (int i = 0; i < LARGE; i++) {
      traffic.meanwhile(() -> appendLargest(traffic));
    }
    lived.add("frame of 5,000,000 bytes, " + LARGE + " times", LARGE, from);
    AtomicReference<Injection> drip = new AtomicReference<>();
    traffic.meanwhile(() -> {
      // It drips what comes next, which has to be that frame.
      await().atMost(LIMIT).until(() -> lastShown(relay) == traffic.last(RELAY));
      drip.set(relay.inject(new Fault.DripsBytes(DRIP_BYTES, DRIP_EVERY), Cue.now()));
      appendLargest(traffic);
    });
    assertThat(drip.get().awaitFired(1, LIMIT)).isTrue();
    lived.add(
        "frame of 5,000,000 bytes that drips for twice the timeout",
        drip.get().fired(),
        lived.of(drip.get()));
    for (Duration step : List.of(Duration.ofHours(-1), Duration.ofHours(1))) {
      from = lived.now();
      ahead.set(ahead.get().plus(step));
      lived.add("clock steps by " + step.toHours() + " h", 1, from);
    }
    assertThat(relay.ledger().accepted()).as("connections, seed %d", seed).isEqualTo(accepted);
  }

  private static long lastShown(Relay relay) {
    return relay.ledger().streams().getLast().lastSeq().orElse(0);
  }

  private static void appendLargest(Traffic traffic) throws IOException {
    Instant time = Instant.now();
    traffic.append(RELAY, LargestFrame.of(traffic.last(RELAY) + 1, time), time);
  }
}
