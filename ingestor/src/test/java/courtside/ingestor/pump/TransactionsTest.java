package courtside.ingestor.pump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.syntax.Did;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.firehose.Observation;
import courtside.eventlog.firehose.Observations;
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
import courtside.ingestor.sequence.FrameTimes;
import courtside.ingestor.sequence.Position;
import courtside.service.letter.DeadLetterBudget;
import courtside.testkit.accounts.Emission;
import courtside.testkit.accounts.Identities;
import courtside.testkit.accounts.SimulatedNetwork;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is in one transaction with what. The producer is Kafka's own stand-in for one. */
final class TransactionsTest {
  private static final Instant NOW = Instant.parse("2026-11-25T20:00:00Z");
  private static final long GENERATION = 1;
  private static final RelayAddress READ = new RelayAddress("read", URI.create("ws://127.0.0.1:1"));
  private static final RelayAddress OTHER =
      new RelayAddress("other", URI.create("ws://127.0.0.1:2"));

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final FrameQueue queue = new FrameQueue(1 << 20);
  private final PumpMetrics metrics = new PumpMetrics(new SimpleMeterRegistry());
  private final FrameTimes frameTimes = new FrameTimes();
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
  private final Batch batch = new Batch(new Writer(producer), metrics, () -> {});
  private final Resume resume =
      new Resume(
          READ,
          Position.beginning("read"),
          Optional.empty(),
          OptionalLong.of(0),
          Map.of(),
          Map.of("read", 1L),
          Map.of(),
          Optional.of("last rewind"),
          Optional.empty());

  private Duration commitEvery = Duration.ofMillis(20);

  @BeforeEach
  void admitFrames() {
    producer.initTransactions();
    queue.admitOnly(GENERATION);
  }

  @AfterEach
  void close() {
    supervisor.close();
    prober.close();
  }

  private Intake intake(String collections) {
    return new Intake(
        resume,
        batch,
        CollectionFilter.parse(collections).orElseThrow(),
        new DeadLetterBudget(1 << 20, System::nanoTime),
        metrics,
        frameTimes,
        new Rereading(System.nanoTime()),
        _ -> GENERATION,
        System::nanoTime,
        InstantSource.fixed(NOW));
  }

  private Transactions transactions(Intake intake, int maxArrivals) {
    return transactions(intake, maxArrivals, Long.MAX_VALUE);
  }

  private Transactions transactions(Intake intake, int maxArrivals, long maxBytes) {
    PumpSettings settings =
        new PumpSettings(
            List.of(READ, OTHER),
            ChoiceSettings.DEFAULT,
            Duration.ofMinutes(2),
            "here",
            Start.parse("oldest-if-new").orElseThrow(),
            CollectionFilter.parse("*").orElseThrow(),
            commitEvery,
            maxArrivals,
            maxBytes,
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
    return new Transactions(
        settings,
        resume,
        new Portion(maxArrivals, maxBytes),
        batch,
        intake,
        steering,
        queue,
        System::nanoTime,
        InstantSource.fixed(NOW));
  }

  private void arrives(byte[] frame) throws InterruptedException {
    assertThat(queue.put(new Arrival.Frame(GENERATION, frame, NOW))).isTrue();
  }

  private void arrivesNumber(long seq) throws Exception {
    arrives(account(seq));
  }

  private static byte[] account(long seq) throws Exception {
    Did did = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
    return FrameWriter.account(seq, "2026-11-25T19:59:59Z", did, true, Optional.empty());
  }

  private static Incident notice(String found) {
    return new Incident(
        Incident.Kind.RECONNECT,
        "read",
        NOW,
        OptionalLong.empty(),
        OptionalLong.empty(),
        found,
        "dialled again");
  }

  private List<ProducerRecord<byte[], byte[]>> committed(Topic topic) {
    return producer.history().stream()
        .filter(record -> record.topic().equals(topic.name()))
        .toList();
  }

  private Cursor cursor() {
    ProducerRecord<byte[], byte[]> newest = committed(Topics.CURSORS).getLast();
    assertThat(new String(newest.key(), StandardCharsets.UTF_8)).isEqualTo("read");
    return Cursor.decode(newest.value());
  }

  @Test
  void aCursorIsInOneTransactionWithTheFramesThatItCovers() throws Exception {
    Transactions transactions = transactions(intake("*"), 100);
    arrivesNumber(1);
    arrivesNumber(2);
    assertThat(transactions.writeNext()).isEqualTo(2);
    assertThat(producer.commitCount()).isEqualTo(1);
    assertThat(committed(Topics.FRAMES)).hasSize(2);
    assertThat(committed(Topics.CURSORS)).hasSize(1);
    assertThat(cursor().seq()).isEqualTo(2);
    assertThat(cursor().rewindId()).contains("last rewind");
  }

  @Test
  void nothingIsWrittenWhereNothingComes() throws Exception {
    assertThat(transactions(intake("*"), 100).writeNext()).isZero();
    assertThat(producer.commitCount()).isZero();
  }

  @Test
  void aTransactionIsNoLargerThanIsSaid() throws Exception {
    Transactions transactions = transactions(intake("*"), 2);
    for (int seq = 1; seq <= 5; seq++) {
      arrivesNumber(seq);
    }
    assertThat(transactions.writeNext()).isEqualTo(2);
    assertThat(cursor().seq()).isEqualTo(2);
    assertThat(transactions.writeNext()).isEqualTo(2);
    assertThat(transactions.writeNext()).isEqualTo(1);
    assertThat(cursor().seq()).isEqualTo(5);
  }

  @Test
  @Timeout(60)
  void whatComesAfterAQuietTimeIsCommittedAtOnce() throws Exception {
    commitEvery = Duration.ofHours(1);
    Transactions transactions = transactions(intake("*"), 100);
    arrivesNumber(1);
    assertThat(transactions.writeNext()).isEqualTo(1);
  }

  @Test
  void aTransactionEndsOnceItsFramesAreLongEnough() throws Exception {
    int length = account(1).length;
    Transactions transactions = transactions(intake("*"), 100, length + 1L);
    for (int seq = 1; seq <= 4; seq++) {
      arrivesNumber(seq);
    }
    assertThat(transactions.writeNext()).isEqualTo(2);
    assertThat(transactions.writeNext()).isEqualTo(2);
    assertThat(cursor().seq()).isEqualTo(4);
  }

  @Test
  void aNumberingThatEndsInTheMiddleLeavesACursorForWhatWasHadOfIt() throws Exception {
    Intake intake = intake("*");
    Transactions transactions = transactions(intake, 100);
    arrivesNumber(7);
    arrives(FrameWriter.error("FutureCursor", Optional.of("Cursor in the future.")));
    transactions.writeNext();
    assertThat(cursor().seq()).isEqualTo(7);
    assertThat(cursor().epoch()).isEqualTo(1);
    assertThat(intake.position().epoch()).isEqualTo(2);
    assertThat(intake.cursorToAsk()).hasValue(0);
  }

  @Test
  void aNumberingThatIsAskedForFromItsBeginningAndComesWithoutItIsAGap() throws Exception {
    Transactions transactions = transactions(intake("*"), 100);
    arrivesNumber(1_000);
    arrives(FrameWriter.error("FutureCursor", Optional.of("Cursor in the future.")));
    // Of the same connection, which is left: where it was not asked for.
    arrivesNumber(500);
    transactions.writeNext();
    assertThat(cursor().seq()).isEqualTo(1_000);
    // when
    queue.admitOnly(GENERATION + 1);
    assertThat(queue.put(new Arrival.Frame(GENERATION + 1, account(501), NOW))).isTrue();
    transactions.writeNext();
    assertThat(cursor().epoch()).isEqualTo(2);
    assertThat(cursor().seq()).isEqualTo(501);
    assertThat(
            committed(Topics.INCIDENTS).stream()
                .map(record -> Incident.FORMAT.decode(record.value()))
                .map(incident -> incident.kind() + " to " + incident.to().orElse(0)))
        .contains("EPOCH to 501", "GAP to 501");
  }

  @Test
  void aNumberingThatComesWithItsBeginningIsNoGap() throws Exception {
    Transactions transactions = transactions(intake("*"), 100);
    arrivesNumber(1_000);
    arrives(FrameWriter.error("FutureCursor", Optional.of("Cursor in the future.")));
    transactions.writeNext();
    // when
    queue.admitOnly(GENERATION + 1);
    assertThat(queue.put(new Arrival.Frame(GENERATION + 1, account(1), NOW))).isTrue();
    transactions.writeNext();
    assertThat(cursor().epoch()).isEqualTo(2);
    assertThat(
            committed(Topics.INCIDENTS).stream()
                .map(record -> Incident.FORMAT.decode(record.value()).kind()))
        .contains(Incident.Kind.EPOCH)
        .doesNotContain(Incident.Kind.GAP);
  }

  @Test
  void framesThatAreNotKeptMoveTheCursor() throws Exception {
    Transactions transactions = transactions(intake("app.bsky.feed.post"), 100);
    SimulatedNetwork network = new SimulatedNetwork(new Identities(7, 1));
    byte[] like =
        Stream.generate(() -> network.next(NOW))
            .flatMap(List::stream)
            .filter(emission ->
                emission instanceof Emission.Committed committed
                    && committed.commit().changes().stream()
                        .anyMatch(
                            change -> change.key().toString().startsWith("app.bsky.feed.like/"))
                    && committed.commit().changes().size() == 1)
            .findFirst()
            .orElseThrow()
            .frame(3);
    arrives(like);
    assertThat(transactions.writeNext()).isZero();
    assertThat(committed(Topics.FRAMES)).isEmpty();
    assertThat(cursor().seq()).isEqualTo(3);
  }

  @Test
  void aCursorCoversNothingThatIsHeld() throws Exception {
    Transactions transactions = transactions(intake("*"), 100);
    arrivesNumber(1);
    arrivesNumber(50_000_000);
    assertThat(transactions.writeNext()).isEqualTo(1);
    assertThat(cursor().seq()).isEqualTo(1);
    assertThat(committed(Topics.FRAMES)).hasSize(1);
    // when: the old numbering goes on, the stray one is a dead letter
    arrivesNumber(2);
    transactions.writeNext();
    assertThat(cursor().seq()).isEqualTo(2);
    assertThat(committed(Topics.DEAD_LETTERS)).hasSize(1);
  }

  @Test
  void onlyWhatNothingBringsAgainIsStillToBeSaidAfterAFailure() throws Exception {
    Transactions transactions = transactions(intake("*"), 100);
    arrivesNumber(1);
    queue.put(new Arrival.Notice(notice("the socket ended")));
    arrives(FrameWriter.error("ConsumerTooSlow", Optional.empty()));
    producer.commitTransactionException = new KafkaException("this failure is part of the test");
    assertThatExceptionOfType(KafkaException.class).isThrownBy(transactions::writeNext);
    assertThat(batch.unsaid()).hasSize(1);
    assertThat(batch.unsaid().getFirst().found()).isEqualTo("the socket ended");
    // The place where it happened was known, and is kept.
    assertThat(batch.unsaid().getFirst().from()).hasValue(1);
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void whatWasSaidIsNotSaidAgain() throws Exception {
    Transactions transactions = transactions(intake("*"), 100);
    queue.put(new Arrival.Notice(notice("the socket ended")));
    transactions.writeNext();
    assertThat(batch.unsaid()).isEmpty();
    assertThat(committed(Topics.INCIDENTS)).hasSize(1);
    assertThat(committed(Topics.CURSORS)).isEmpty();
  }

  @Test
  void aNoticeOfARelayThatIsNotReadIsWrittenAsItIs() throws Exception {
    Transactions transactions = transactions(intake("*"), 100);
    arrivesNumber(1);
    Incident other =
        new Incident(
            Incident.Kind.STALL,
            "other",
            NOW,
            OptionalLong.empty(),
            OptionalLong.empty(),
            "silent",
            "nothing");
    queue.put(new Arrival.Notice(other));
    arrivesNumber(2);
    transactions.writeNext();
    assertThat(committed(Topics.INCIDENTS))
        .extracting(record -> Incident.FORMAT.decode(record.value()))
        .containsExactly(other);
  }

  @Test
  void whatWasSeenOfAnotherRelayIsKeptWithoutMovingTheCursor() throws Exception {
    Transactions transactions = transactions(intake("*"), 100);
    Observation seen = new Observation(77, NOW.minusSeconds(2), NOW);
    queue.put(new Arrival.Observed("other", Optional.of(seen)));
    transactions.writeNext();
    assertThat(committed(Topics.CURSORS)).hasSize(1);
    ProducerRecord<byte[], byte[]> record = committed(Topics.CURSORS).getFirst();
    assertThat(new String(record.key(), StandardCharsets.UTF_8))
        .isEqualTo(Observations.key("other"));
    assertThat(Observations.decode(record.value()))
        .isEqualTo(Observations.none("other").with(seen));
  }
}
