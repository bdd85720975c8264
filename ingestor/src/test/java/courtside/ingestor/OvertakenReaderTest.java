package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.eventlog.control.Wish;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.Topics;
import courtside.ingestor.process.Traffic;
import courtside.testkit.broker.BrokerProxy;
import courtside.testkit.broker.Impairment;
import courtside.testkit.broker.LinkFault;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.relay.Ending;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A reader that Kafka holds back while the relay goes on: it has taken in what it may, reads no
 * more, and the relay gives it up. What the relay still has is had in the end; what it has no more
 * is an incident with the very ends that the relay's ledger has, and nobody is told that all is
 * well before somebody has acknowledged it.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class OvertakenReaderTest {
  private static final String RELAY = "recording";
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long ALL = 1_000_000_000;
  private static final long WINDOW = 8_000_000;
  private static final long CONSUMER = 2_000_000;
  private static final long BYTES_PER_SECOND = 400_000;

  /** Small, so that a transaction that Kafka takes in time has many of them. */
  private static final int FRAME = 10_000;

  private static final int FIRST = 200;

  private static final int AT_ONCE = 50;
  private static final Duration PACE = Duration.ofMillis(10);

  /** Shorter than Kafka takes for one transaction, and so than the reader stands still. */
  private static final Duration IMPATIENT = Duration.ofMillis(250);

  /** Waits until what it says has been read, behind all that sockets hold. */
  private static final RelaySettings PATIENT =
      RelaySettings.DEFAULT.withWriteDeadline(LIMIT).withUpgradeDeadline(LIMIT);

  private static FaultTable table;

  private final long seed = Long.getLong("courtside.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private Instant made = Instant.now();

  @TempDir Path directory;

  @BeforeAll
  static void openTable() {
    table = new FaultTable("overtaken");
  }

  @AfterAll
  static void closeTable() throws IOException {
    table.close();
  }

  /** How the relay gives it up. */
  private record Way(String fault, RelaySettings relay, long kept, Ending ending) {}

  @Test
  void losesNothingThatTheRelayStillHas() throws Exception {
    live(
        new Way(
            "too slow for the relay's buffer, all still held",
            PATIENT.withConsumerBytes(CONSUMER),
            ALL,
            Ending.CONSUMER_TOO_SLOW));
  }

  @Test
  void losesNothingThoughItIsLeftWithoutAWord() throws Exception {
    live(
        new Way(
            "too slow for the relay's deadline, all still held",
            RelaySettings.DEFAULT.withWriteDeadline(IMPATIENT),
            ALL,
            Ending.WRITE_DEADLINE));
  }

  @Test
  void saysWhatIsLostWhereTheRelayTellsOfIt() throws Exception {
    live(
        new Way(
            "outrun by the relay's window, which it tells",
            PATIENT,
            WINDOW,
            Ending.CONSUMER_TOO_SLOW));
  }

  @Test
  void saysWhatIsLostWhereTheRelayTellsOfNothing() throws Exception {
    live(
        new Way(
            "outrun by the relay's window, without a word",
            RelaySettings.DEFAULT.withWriteDeadline(IMPATIENT).withCursorNotices(false),
            WINDOW,
            Ending.WRITE_DEADLINE));
  }

  private void live(Way way) throws Exception {
    try (BrokerProxy proxy = BrokerProxy.start();
        IngestorFixture fixture = new IngestorFixture(directory, proxy);
        FrameLog frames = FrameLog.open(directory.resolve("relay"), way.kept());
        Relay relay = Relay.start(way.relay(), frames);
        Traffic traffic = Traffic.startKept(RELAY, frames, seed);
        FaultRows lived = new FaultRows(table, fixture, traffic, RELAY);
        Ingestor ingestor =
            fixture.start(
                fixture.settings(
                    relay,
                    Map.of(
                        "COURTSIDE_KAFKA",
                        proxy.bootstrap(),
                        "COURTSIDE_INGESTOR_QUEUE",
                        "6MB",
                        // All of the flood is one account's, and so in one partition.
                        "COURTSIDE_DISK",
                        "20GB")),
                IngestorFixture.QUICK,
                InstantSource.system())) {
      IngestorFixture.awaitState(ingestor, "reading");
      fixture.awaitCursor(RELAY, 1);
      // Nothing small comes in between: it would let transactions grow again.
      traffic.slow(RELAY, 0);
      try (Impairment throttled = proxy.impair(new LinkFault.Bandwidth(BYTES_PER_SECOND))) {
        // How much Kafka takes in time is learnt by failing once: before, not in the middle of it.
        flood(traffic, FIRST);
        await().atMost(LIMIT).until(() -> hasAll(ingestor, traffic));
        // What sockets hold is the machine's: so as much as it takes.
        await()
            .atMost(LIMIT)
            .pollInterval(PACE)
            .until(() -> {
              flood(traffic, AT_ONCE);
              return isGivenUp(way, relay);
            });
        if (way.kept() != ALL) {
          flood(traffic, Math.toIntExact(2 * way.kept() / FRAME));
        }
        assertThat(throttled.fired()).isPositive();
      }
      await().atMost(LIMIT).until(() -> relay.ledger().open() == 1 && hasAll(ingestor, traffic));
      assertThat(relay.ledger().streams())
          .as("seed %d", seed)
          .anyMatch(stream -> stream.ending().equals(Optional.of(way.ending())));
      traffic.keepUp(RELAY);
      List<Incident> lost = fixture.incidents().stream().filter(Incident::lost).toList();
      List<Long> gone =
          traffic.frames(RELAY).stream()
              .map(RecordedFrame::seq)
              .filter(seq -> lost.stream().anyMatch(incident -> liesIn(seq, incident)))
              .toList();
      lived.add(way.fault(), 1, lived.now(), gone.size());
      assertThat(gone.isEmpty()).as("seed %d", seed).isEqualTo(way.kept() == ALL);
      assertThat(lost)
          .as("seed %d", seed)
          .allSatisfy(incident ->
              assertThat(relay.ledger().streams())
                  .as("streams, one of which began where %s ends", incident)
                  .anyMatch(stream ->
                      incident.kind() == Incident.Kind.GAP
                          && stream.cursor().equals(incident.from())
                          && stream.firstSeq().equals(incident.to())));
      assertThat(fixture.incidents())
          .as("seed %d", seed)
          .anyMatch(incident -> saysWhy(way, incident));
      if (!gone.isEmpty()) {
        isNotReadyUntilAcknowledged(fixture, ingestor);
      }
      IngestorFixture.awaitState(ingestor, "reading");
      traffic.end();
      lived.awaitLast();
      LoggedFrames logged = LoggedFrames.compare(fixture.records(), traffic.frames(RELAY));
      assertThat(logged.lost()).as("seed %d", seed).isEqualTo(gone);
      assertThat(logged.doubled()).as("seed %d", seed).isEmpty();
      assertThat(logged.outOfOrder()).as("seed %d", seed).isEmpty();
      assertThat(relay.ledger().maxOpen()).as("connections at once, seed %d", seed).isOne();
    }
  }

  /**
   * Shows so many frames at once: each is made a second after the one before, so that what is not
   * had is seconds of the stream.
   */
  private void flood(Traffic traffic, int frames) throws Exception {
    for (int i = 0; i < frames; i++) {
      traffic.meanwhile(() -> {
        made = made.plusSeconds(1);
        traffic.append(RELAY, LargestFrame.of(traffic.last(RELAY) + 1, made, FRAME, random), made);
      });
    }
  }

  private static boolean hasAll(Ingestor ingestor, Traffic traffic) {
    return ingestor.health().figures().getOrDefault("seq", 0.0) >= traffic.last(RELAY);
  }

  private static boolean isGivenUp(Way way, Relay relay) {
    return relay.ledger().streams().stream()
        .anyMatch(stream ->
            way.ending() == Ending.CONSUMER_TOO_SLOW
                // Told, though it has not ended before it has read that.
                ? stream.notices().stream().anyMatch(notice -> notice.contains("ConsumerTooSlow"))
                : stream.ending().equals(Optional.of(way.ending())));
  }

  private static boolean saysWhy(Way way, Incident incident) {
    return incident.kind()
        == (way.ending() == Ending.CONSUMER_TOO_SLOW
            ? Incident.Kind.SLOW_CONSUMER
            : Incident.Kind.RECONNECT);
  }

  private static boolean liesIn(long seq, Incident incident) {
    return seq > incident.from().orElseThrow() && seq < incident.to().orElseThrow();
  }

  private static void isNotReadyUntilAcknowledged(IngestorFixture fixture, Ingestor ingestor)
      throws Exception {
    await().atMost(LIMIT).until(() -> saysThatSomethingWasLost(ingestor));
    assertThat(ingestor.health().ready()).isFalse();
    assertThat(ingestor.health().live()).isTrue();
    Wish known =
        new Wish.Acknowledged(
            "known",
            Instant.now(),
            fixture.records().readAll(Topics.INCIDENTS.name(), 1).getLast().offset() + 1);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", fixture.bootstrap()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(Topics.CONTROL.name(), known.key(), Wish.FORMAT.encode(known)))
          .get();
    }
    await().atMost(LIMIT).until(() -> ingestor.health().ready());
  }

  private static boolean saysThatSomethingWasLost(Ingestor ingestor) {
    return ingestor.health().reasons().stream().anyMatch(reason -> reason.contains("was lost"));
  }
}
