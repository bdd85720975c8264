package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.Topics;
import courtside.ingestor.process.Traffic;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two relays that number the same events differently, of which now one and now the other is away.
 * Probes and overlap are scaled 1:60.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
final class FailoverTest {
  private static final long FAR = 5_000_000_000L;
  private static final Duration OVERLAP = Duration.ofSeconds(2);
  private static final Duration MARGIN = Duration.ofSeconds(3);
  private static final Map<String, String> SCALED =
      Map.of(
          "COURTSIDE_INGESTOR_PROBE_EVERY", "1s",
          "COURTSIDE_INGESTOR_OVERLAP", OVERLAP.toSeconds() + "s",
          "COURTSIDE_INGESTOR_FAILOVER_AFTER", "2",
          "COURTSIDE_INGESTOR_RETURN_AFTER", "2");

  @TempDir Path directory;

  @Test
  void losesNothingHoweverOftenTheRelayChanges() throws Exception {
    int failovers = Integer.getInteger("courtside.failovers", 3);
    long seed = Long.getLong("courtside.seed", System.nanoTime());
    try (IngestorFixture fixture = new IngestorFixture(directory);
        FrameLog near = FrameLog.open(directory.resolve("near"));
        FrameLog far = FrameLog.open(directory.resolve("far"));
        Relay second = Relay.start(RelaySettings.DEFAULT, far);
        Traffic traffic = Traffic.start("near", near, "far", far, FAR, seed)) {
      Instant begun = Instant.now();
      Relay first = Relay.start(RelaySettings.DEFAULT, near);
      try {
        int port = first.port();
        String relays = "near=" + first.uri() + ",far=" + second.uri();
        try (Ingestor ingestor = fixture.start(fixture.settings(relays, SCALED))) {
          awaitReading(ingestor, "near");
          for (int failover = 0; failover < failovers; failover++) {
            awaitObserved(fixture, traffic, begun);
            first.close();
            awaitReading(ingestor, "far");
            long had = traffic.last("near");
            fixture.awaitCursor("far", FAR + had);
            first = Relay.start(RelaySettings.DEFAULT.withPort(port), near);
            awaitReading(ingestor, "near");
            fixture.awaitCursor("near", traffic.last("near"));
            assertThat(first.ledger().maxOpen()).as("to one relay at once, seed %d", seed).isOne();
          }
          traffic.end();
          fixture.awaitCursor("near", traffic.last("near"));
        }
        assertThat(second.ledger().maxOpen()).as("to one relay at once, seed %d", seed).isOne();
      } finally {
        first.close();
      }
      judge(fixture, traffic.last("near"), failovers, seed);
    }
  }

  @Test
  void losesNothingWhenBothWereAway() throws Exception {
    long seed = Long.getLong("courtside.seed", System.nanoTime());
    try (IngestorFixture fixture = new IngestorFixture(directory);
        FrameLog near = FrameLog.open(directory.resolve("near"));
        FrameLog far = FrameLog.open(directory.resolve("far"));
        Traffic traffic = Traffic.start("near", near, "far", far, FAR, seed)) {
      Relay first = Relay.start(RelaySettings.DEFAULT, near);
      int port = first.port();
      // Nobody has ever listened there: it is known of the other relay that it is in the list.
      String relays = "near=" + first.uri() + ",far=ws://127.0.0.1:1";
      try (Ingestor ingestor = fixture.start(fixture.settings(relays, SCALED))) {
        awaitReading(ingestor, "near");
        first.close();
        await().atMost(IngestorFixture.LIMIT).until(() -> ingestor.relay().equals("far"));
        await().atMost(IngestorFixture.LIMIT).until(() -> ingestor.relay().equals("near"));
        first = Relay.start(RelaySettings.DEFAULT.withPort(port), near);
        awaitReading(ingestor, "near");
        traffic.end();
        fixture.awaitCursor("near", traffic.last("near"));
      } finally {
        first.close();
      }
      assertThat(fixture.cursor("near").orElseThrow().epoch()).as("seed %d", seed).isEqualTo(1);
      List<Long> sequences =
          fixture.records().readAll(Topics.FRAMES.name(), Topics.FRAMES.partitions()).stream()
              .map(record -> FrameHeaders.read(record.headers()).seq())
              .sorted()
              .toList();
      assertThat(sequences)
          .as("seed %d", seed)
          .isEqualTo(LongStream.rangeClosed(1, traffic.last("near")).boxed().toList());
      assertThat(fixture.incidents().stream().filter(Incident::lost)).isEmpty();
    }
  }

  /**
   * Where to begin is known once the other relay was seen the overlap before the median of the last
   * thousand frames; that one is not scaled, so it is asked for generously.
   */
  private static void awaitObserved(IngestorFixture fixture, Traffic traffic, Instant begun) {
    await()
        .atMost(IngestorFixture.LIMIT)
        .until(() ->
            fixture
                .observations("far")
                .flatMap(seen ->
                    seen.newestBefore(
                        Instant.now(), OVERLAP.plus(medianAge(traffic, begun)).plus(MARGIN)))
                .isPresent());
  }

  /** How old the median of the last thousand events is, about. */
  private static Duration medianAge(Traffic traffic, Instant begun) {
    long count = traffic.last("near");
    Duration age = Duration.between(begun, Instant.now());
    return age.multipliedBy(Math.min(count, 1_000)).dividedBy(2 * Math.max(count, 1));
  }

  private static void judge(IngestorFixture fixture, long events, int failovers, long seed) {
    LoggedEvents logged = LoggedEvents.compare(fixture.records(), events, "far", FAR);
    List<Incident> incidents = fixture.incidents();
    System.out.printf(
        "%d events, %d failovers and as many returns (seed %d): lost %d, doubled %d, read twice by"
            + " the overlap %.1f %%%n",
        events,
        failovers,
        seed,
        logged.lost(),
        logged.doubled(),
        100.0 * (logged.frames() - events) / events);
    assertThat(logged.lost()).as("lost, seed %d", seed).isZero();
    assertThat(logged.doubled())
        .as("with the same relay, epoch and sequence, seed %d", seed)
        .isZero();
    assertThat(incidents.stream().filter(i -> i.kind() == Incident.Kind.FAILOVER))
        .as("seed %d", seed)
        .hasSize(2 * failovers)
        .allSatisfy(incident -> {
          assertThat(incident.from()).isPresent();
          assertThat(incident.to()).isPresent();
        });
    assertThat(incidents.stream().filter(Incident::lost)).as("gaps, seed %d", seed).isEmpty();
  }

  private static void awaitReading(Ingestor ingestor, String relay) {
    await()
        .atMost(IngestorFixture.LIMIT)
        .until(() -> ingestor.health().state().equals("reading") && ingestor.relay().equals(relay));
  }
}
