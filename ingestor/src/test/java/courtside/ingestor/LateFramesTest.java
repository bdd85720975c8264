package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.eventlog.firehose.Incident;
import courtside.ingestor.process.CommittedReader;
import courtside.ingestor.process.Traffic;
import courtside.service.health.Health;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Frames that flow and are late: because the relay sends less than there is, or because this
 * process was away. Ten minutes and one are scaled to 2 s and 1 s.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class LateFramesTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String NEAR = "near";
  private static final String FAR = "far";
  private static final long AHEAD = 5_000_000_000L;

  /** A relay that sends so little is late, and sends too much to be a trickle. */
  private static final double PART = 0.4;

  private static final int BACKLOG_ACTS = 2_000;
  private static final Duration OVERLAP = Duration.ofSeconds(2);
  private static final Map<String, String> SCALED =
      Map.of(
          "COURTSIDE_INGESTOR_LAG_LIMIT", "2s",
          "COURTSIDE_INGESTOR_LAG_FOR", "1s",
          "COURTSIDE_INGESTOR_PROBE_EVERY", "1s",
          "COURTSIDE_INGESTOR_OVERLAP", OVERLAP.toSeconds() + "s",
          "COURTSIDE_INGESTOR_RETURN_AFTER", "2",
          "COURTSIDE_INGESTOR_HEARTBEAT_TIMEOUT", "2s");

  private final long seed = Long.getLong("courtside.seed", System.nanoTime());

  @TempDir Path directory;
  private IngestorFixture fixture;
  private FrameLog nearLog;
  private FrameLog farLog;
  private Relay near;
  private Relay far;
  private Traffic traffic;
  private CommittedReader reader;
  private FaultTable table;
  private int said;

  @BeforeEach
  void start() throws Exception {
    fixture = new IngestorFixture(directory);
    nearLog = FrameLog.open(directory.resolve(NEAR));
    farLog = FrameLog.open(directory.resolve(FAR));
    near = Relay.start(RelaySettings.DEFAULT, nearLog);
    far = Relay.start(RelaySettings.DEFAULT, farLog);
    traffic = Traffic.start(NEAR, nearLog, FAR, farLog, AHEAD, seed);
    reader = CommittedReader.start(fixture.bootstrap(), traffic);
    table = new FaultTable("late-frames");
  }

  @AfterEach
  void stop() throws Exception {
    table.close();
    reader.close();
    traffic.close();
    near.close();
    far.close();
    nearLog.close();
    farLog.close();
    fixture.close();
  }

  private Ingestor ingestor(String relays) throws InterruptedException {
    return fixture.start(
        fixture.settings(relays, SCALED), IngestorFixture.QUICK, InstantSource.system());
  }

  @Test
  void areSaidAndLoseNothing() throws Exception {
    try (Ingestor ingestor = ingestor(NEAR + "=" + near.uri())) {
      IngestorFixture.awaitState(ingestor, "reading");
      oneRelayIsLate(ingestor);
    }
    String both = NEAR + "=" + near.uri() + "," + FAR + "=" + far.uri();
    try (Ingestor ingestor = ingestor(both)) {
      awaitReading(ingestor, NEAR);
      anotherIsReadInstead(ingestor);
    }
    traffic.atOnce(BACKLOG_ACTS);
    try (Ingestor ingestor = ingestor(both)) {
      backlogIsRead(ingestor);
    }
    assertThat(near.ledger().maxOpen()).as("connections at once, seed %d", seed).isOne();
    assertThat(far.ledger().maxOpen()).as("connections at once, seed %d", seed).isOne();
  }

  private void oneRelayIsLate(Ingestor ingestor) throws Exception {
    long accepted = near.ledger().accepted();
    long from = System.nanoTime();
    long last = traffic.last(NEAR);
    traffic.slow(NEAR, PART);
    IngestorFixture.awaitState(ingestor, "lagging");
    Health late = ingestor.health();
    assertThat(late.live()).isTrue();
    assertThat(late.ready()).isFalse();
    row(
        "one relay, late by " + lag(late),
        reader.awaitAfter(NEAR, last) - from,
        traffic.last(NEAR),
        "lagging: live, not ready");
    traffic.keepUp(NEAR);
    await().atMost(LIMIT).until(() -> ingestor.health().ready());
    assertThat(near.ledger().accepted()).as("connections, seed %d", seed).isEqualTo(accepted);
  }

  private static String lag(Health health) {
    return health.figures().get("lag_seconds") + " s";
  }

  private void anotherIsReadInstead(Ingestor ingestor) throws Exception {
    awaitObserved();
    long from = System.nanoTime();
    traffic.slow(NEAR, PART);
    awaitReading(ingestor, FAR);
    assertThat(ingestor.health().live()).isTrue();
    row(
        "one of two relays, late",
        reader.awaitAfter(FAR, AHEAD) - from,
        traffic.last(FAR) - AHEAD,
        "");
    long back = System.nanoTime();
    traffic.keepUp(NEAR);
    long last = traffic.last(NEAR);
    awaitReading(ingestor, NEAR);
    row("late no more", reader.awaitAfter(NEAR, last) - back, traffic.last(NEAR), "");
    assertThat(failovers()).as("there and back, seed %d", seed).isEqualTo(2);
  }

  private void backlogIsRead(Ingestor ingestor) throws Exception {
    long from = System.nanoTime();
    long last = traffic.last(NEAR);
    long backlog = last - reader.last(NEAR);
    long nanos = reader.awaitAfter(NEAR, last) - from;
    row("backlog of " + backlog + " frames", nanos, traffic.last(NEAR), "");
    awaitReading(ingestor, NEAR);
    assertThat(failovers()).as("as before, seed %d", seed).isEqualTo(2);
  }

  private long failovers() {
    return fixture.incidents().stream().filter(i -> i.kind() == Incident.Kind.FAILOVER).count();
  }

  /**
   * Adds a row, once the events up to a number are committed.
   *
   * @param nanos to the first new frame
   * @param events the number
   * @param word what was said beside incidents
   */
  private void row(String fault, long nanos, long events, String word) {
    await()
        .atMost(LIMIT)
        .until(() -> Math.max(reader.last(NEAR), reader.last(FAR) - AHEAD) > events);
    LoggedEvents logged = LoggedEvents.compare(fixture.records(), events, FAR, AHEAD);
    String incidents =
        fixture.incidents().stream()
            .skip(said)
            .map(FaultRows::inWords)
            .collect(Collectors.joining(", ", word, ""));
    said = fixture.incidents().size();
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
    table.add(fault, 1, millis, logged.lost(), logged.doubled(), incidents);
    assertThat(logged.lost()).as("lost with: %s, seed %d", fault, seed).isZero();
    assertThat(logged.doubled()).as("doubled with: %s, seed %d", fault, seed).isZero();
  }

  /** Where to begin is known of it, once it was seen often enough before what is late now. */
  private void awaitObserved() {
    await().atMost(LIMIT).until(() -> fixture.observations(FAR).isPresent());
    long last = traffic.last(NEAR);
    await().atMost(LIMIT).until(() -> traffic.last(NEAR) > last + 1_000);
  }

  private static void awaitReading(Ingestor ingestor, String relay) {
    await().atMost(LIMIT).until(() -> ingestor.health().live() && ingestor.relay().equals(relay));
    IngestorFixture.awaitState(ingestor, "reading");
  }
}
