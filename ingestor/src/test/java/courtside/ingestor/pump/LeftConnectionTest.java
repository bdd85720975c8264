package courtside.ingestor.pump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.syntax.Did;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topics;
import courtside.ingestor.choice.ChoiceSettings;
import courtside.ingestor.queue.Arrival;
import courtside.ingestor.queue.FrameQueue;
import courtside.ingestor.relay.RelayAddress;
import courtside.ingestor.relay.RelayMetrics;
import courtside.ingestor.relay.RelayProber;
import courtside.ingestor.relay.RelaySettings;
import courtside.ingestor.relay.RelaySupervisor;
import courtside.ingestor.sequence.FrameIdentity;
import courtside.ingestor.sequence.FrameTimes;
import courtside.ingestor.sequence.Position;
import courtside.service.letter.DeadLetterBudget;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of connections that were dialled before it was found out that another numbering is
 * to be asked for. The relay and its sockets are real, and so is the supervisor.
 */
@Timeout(120)
final class LeftConnectionTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Instant NOW = Instant.parse("2026-11-25T20:00:00Z");

  /** The number that is had of the old numbering; the relay's new one has not come so far. */
  private static final long OLD = 1_000;

  private static final long HAS = 20;

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final FrameQueue queue = new FrameQueue(1 << 20);
  private final PumpMetrics metrics = new PumpMetrics(new SimpleMeterRegistry());
  private final Batch batch = new Batch(new Writer(producer), metrics, () -> {});
  private final RelaySupervisor supervisor =
      RelaySupervisor.start(
          RelaySettings.DEFAULT,
          queue,
          new RelayMetrics(new SimpleMeterRegistry()),
          System::nanoTime,
          InstantSource.fixed(NOW),
          new Random(1),
          () -> {});
  private final RelayProber prober =
      RelayProber.start(
          Duration.ofMinutes(1),
          Duration.ofSeconds(1),
          InstantSource.fixed(NOW),
          _ -> false,
          (_, _) -> {});

  @TempDir Path directory;
  private FrameLog log;
  private Relay relay;
  private Intake intake;
  private Transactions transactions;

  @BeforeEach
  void start() throws Exception {
    producer.initTransactions();
    log = FrameLog.open(directory);
    for (long seq = 1; seq <= HAS; seq++) {
      log.append(seq, account(seq));
    }
    // Asked for what lies in its future it goes live, without a word.
    relay =
        Relay.start(courtside.testkit.relay.RelaySettings.DEFAULT.withCursorNotices(false), log);
    RelayAddress address = new RelayAddress("read", relay.uri());
    Resume resume =
        new Resume(
            address,
            new Position(
                "read",
                1,
                OLD,
                Optional.of(FrameIdentity.of(account(OLD))),
                Optional.of(NOW.minusSeconds(1))),
            Optional.of(NOW),
            OptionalLong.empty(),
            Map.of(),
            Map.of("read", 1L),
            Map.of(),
            Optional.empty(),
            Optional.empty());
    FrameTimes frameTimes = new FrameTimes();
    intake =
        new Intake(
            resume,
            batch,
            CollectionFilter.parse("*").orElseThrow(),
            new DeadLetterBudget(1 << 20, System::nanoTime),
            metrics,
            frameTimes,
            new Rereading(System.nanoTime()),
            supervisor::reconnect,
            System::nanoTime,
            InstantSource.fixed(NOW));
    PumpSettings settings =
        new PumpSettings(
            List.of(address),
            ChoiceSettings.DEFAULT,
            Duration.ofMinutes(2),
            "here",
            Start.parse("cursor").orElseThrow(),
            CollectionFilter.parse("*").orElseThrow(),
            Duration.ofMillis(20),
            100,
            1 << 20,
            1 << 20,
            Duration.ofSeconds(3),
            true);
    Steering steering =
        new Steering(
            settings,
            resume,
            batch,
            intake,
            queue,
            supervisor,
            prober,
            frameTimes,
            System::nanoTime,
            InstantSource.fixed(NOW));
    transactions =
        new Transactions(
            settings,
            resume,
            new Portion(100, 1 << 20),
            batch,
            intake,
            steering,
            queue,
            System::nanoTime,
            InstantSource.fixed(NOW));
    supervisor.read(address, (_, _) -> intake.cursorToAsk());
  }

  @AfterEach
  void close() throws Exception {
    supervisor.close();
    prober.close();
    relay.close();
    log.close();
  }

  private static byte[] account(long seq) throws Exception {
    Did did = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
    return FrameWriter.account(seq, "2026-11-25T19:59:59Z", did, true, Optional.empty());
  }

  private Stream<FrameHeaders> frames() {
    return written(Topics.FRAMES).map(record -> FrameHeaders.read(record.headers()));
  }

  private Stream<Incident> incidents() {
    return written(Topics.INCIDENTS).map(record -> Incident.FORMAT.decode(record.value()));
  }

  private Stream<ProducerRecord<byte[], byte[]>> written(Topic topic) {
    return producer.history().stream().filter(record -> record.topic().equals(topic.name()));
  }

  /**
   * A second connection, dialled with the old cursor, has brought a frame of the new numbering from
   * its middle, while the pump still holds one of the first that says what the numbering is.
   */
  private void secondConnectionBrings(long seq) throws Exception {
    await().atMost(LIMIT).until(() -> relay.ledger().open() == 1);
    relay.dropConnections();
    await().atMost(LIMIT).until(() -> relay.ledger().opened() == 2 && relay.ledger().open() == 1);
    assertThat(relay.ledger().streams().getLast().cursor()).hasValue(OLD);
    log.append(seq, account(seq));
    await().atMost(LIMIT).until(() -> queue.held() > 0);
  }

  private void writeUntilHas(long seq) {
    await()
        .atMost(LIMIT)
        .until(() -> {
          transactions.writeNext();
          return frames().anyMatch(frame -> frame.seq() == seq);
        });
  }

  @Test
  void whatWasDialledWithTheOldCursorIsLeftToo() throws Exception {
    secondConnectionBrings(HAS + 1);
    // when
    intake.take(
        new Arrival.Frame(
            1, FrameWriter.error("FutureCursor", Optional.of("Cursor in the future.")), NOW));
    // At once: what waits is dropped with the next dial.
    transactions.writeNext();
    writeUntilHas(HAS + 1);
    // then: all that the numbering has is had
    assertThat(frames().map(FrameHeaders::seq).filter(seq -> seq > 0))
        .containsExactlyElementsOf(
            Stream.iterate(1L, seq -> seq <= HAS + 1, seq -> seq + 1).toList());
    assertThat(incidents().map(Incident::kind)).doesNotContain(Incident.Kind.GAP);
    assertThat(relay.ledger().streams().getLast().cursor()).hasValue(0);
  }

  @Test
  void whatHasNoNumberIsKeptOfAConnectionThatIsLeft() throws Exception {
    secondConnectionBrings(HAS + 1);
    queue.put(new Arrival.Frame(2, info("OfTheSecond"), NOW));
    // when
    intake.take(
        new Arrival.Frame(
            1, FrameWriter.error("FutureCursor", Optional.of("Cursor in the future.")), NOW));
    intake.take(new Arrival.Frame(1, info("OfTheFirst"), NOW));
    transactions.writeNext();
    assertThat(written(Topics.FRAMES).map(ProducerRecord::value).toList())
        .contains(info("OfTheFirst"), info("OfTheSecond"));
    assertThat(frames().filter(frame -> frame.seq() > 0)).isEmpty();
  }

  private static byte[] info(String name) throws Exception {
    return FrameWriter.info(name, Optional.empty());
  }
}
