package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.Bytes;
import courtside.ingestor.relay.RelaySettings;
import courtside.testkit.accounts.Emission;
import courtside.testkit.accounts.Identities;
import courtside.testkit.accounts.SimulatedNetwork;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Injection;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.fault.Cue;
import courtside.testkit.relay.fault.Fault;
import courtside.testkit.relay.fault.Malformed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One ingestor that lives through everything that a relay does wrong, one after the other, while
 * frames go on. Times are scaled 1:10. Nothing is lost and nothing doubled; how long it took until
 * the first frame after each fault was committed is printed, and no matter of the test.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class RelayFaultsTest {
  private static final double SCALE = 0.1;
  private static final int REPEATS = 4;
  private static final Duration LIMIT = Duration.ofSeconds(60);

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

  @Test
  void loseNothingAndDoubleNothing() throws Exception {
    long seed = Long.getLong("courtside.seed", System.nanoTime());
    try (IngestorFixture fixture = new IngestorFixture(directory);
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(courtside.testkit.relay.RelaySettings.DEFAULT, frames);
        Feeding feeding = new Feeding(frames, seed)) {
      IngestorSettings settings =
          fixture.settings(relay, Map.of("COURTSIDE_INGESTOR_HEARTBEAT_TIMEOUT", "2s"));
      try (Ingestor ingestor =
          Ingestor.start(
              settings,
              RelaySettings.DEFAULT.scaled(SCALE),
              InstantSource.system(),
              () -> {
                throw new AssertionError("the pump hung");
              })) {
        IngestorFixture.awaitState(ingestor, "reading");
        for (Row row : rows()) {
          long millis = live(row, fixture, relay, feeding);
          System.out.printf(
              Locale.ROOT,
              "%-28s fired %d, %6d ms to the next frame%n",
              row.name(),
              row.times(),
              millis);
        }
        for (Malformed malformed : Malformed.values()) {
          // Its number, where it has one, is none that the relay gives to another frame.
          Row row = new Row("message: " + malformed, malformed.fault(feeding.nextUnused()));
          live(row, fixture, relay, feeding);
        }
        feeding.end();
        fixture.awaitCursor("recording", feeding.lastSeq());
        assertThat(ingestor.health().live()).isTrue();
        assertThat(relay.ledger().maxOpen()).as("connections at once, seed %d", seed).isOne();
      }
      LoggedFrames logged = LoggedFrames.compare(fixture.records(), feeding.frames());
      System.out.printf(
          "%d frames through %d faults (seed %d): lost %d, doubled %d%n",
          feeding.frames().size(),
          rows().size() + Malformed.values().length,
          seed,
          logged.lost().size(),
          logged.doubled().size());
      assertThat(logged.lost()).as("seed %d", seed).isEmpty();
      assertThat(logged.doubled()).as("seed %d", seed).isEmpty();
      assertThat(logged.outOfOrder()).as("seed %d", seed).isEmpty();
      assertThat(fixture.incidents()).as("seed %d", seed).noneMatch(incident -> incident.lost());
    }
  }

  /** Commits the fault, and waits until a frame of after it is committed. */
  private static long live(Row row, IngestorFixture fixture, Relay relay, Feeding feeding)
      throws Exception {
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
    long from = System.nanoTime();
    if (row.times() > 1) {
      injection.cancel();
    }
    // The next one may have been shown before the fault.
    fixture.awaitCursor("recording", feeding.lastSeq() + 4);
    injection.cancel();
    return Duration.ofNanos(System.nanoTime() - from).toMillis();
  }

  /** Frames with even numbers, without end. */
  private static final class Feeding implements AutoCloseable {
    private static final long PAUSE = Duration.ofMillis(10).toNanos();

    private final List<RecordedFrame> frames = new ArrayList<>();
    private final Thread thread;
    private volatile boolean ending;
    private volatile long lastSeq;
    private volatile @Nullable IOException failure;

    Feeding(FrameLog log, long seed) {
      SimulatedNetwork network = new SimulatedNetwork(new Identities(seed, 1));
      thread =
          Thread.ofPlatform()
              .name("feeding")
              .start(() -> {
                try {
                  while (!ending) {
                    for (Emission emission : network.next(Instant.now())) {
                      long seq = lastSeq + 2;
                      byte[] frame = emission.frame(seq);
                      frames.add(new RecordedFrame(Bytes.of(frame), seq, emission.time()));
                      log.append(seq, frame);
                      lastSeq = seq;
                    }
                    LockSupport.parkNanos(PAUSE);
                  }
                } catch (IOException e) {
                  failure = e;
                }
              });
    }

    long lastSeq() {
      return lastSeq;
    }

    long nextUnused() {
      return lastSeq + 1;
    }

    void end() throws Exception {
      ending = true;
      thread.join();
      if (failure != null) {
        throw failure;
      }
    }

    /** All of them, once it has ended. */
    List<RecordedFrame> frames() {
      return List.copyOf(frames);
    }

    @Override
    public void close() throws Exception {
      end();
    }
  }
}
