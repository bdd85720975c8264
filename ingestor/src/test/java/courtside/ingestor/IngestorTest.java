package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.Topics;
import courtside.service.settings.Reading;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.recording.Recording;
import courtside.testkit.relay.CursorRule;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Pace;
import courtside.testkit.relay.Player;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole ingestor against a real broker and a real socket. */
@Timeout(120)
final class IngestorTest {
  private static final int FRAMES = Topics.FRAMES.partitions();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;
  private EmbeddedBroker broker;
  private CommittedRecords records;
  private Recording recording;
  private FrameLog frames;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
    records = new CommittedRecords(broker.bootstrap());
    recording = Recordings.longest();
    frames = FrameLog.open(directory.resolve("relay"));
  }

  @AfterEach
  void stop() throws Exception {
    records.close();
    frames.close();
    broker.close();
  }

  private Ingestor ingestor(Relay relay) throws InterruptedException {
    return ingestor(relay, Map.of());
  }

  private Ingestor ingestor(Relay relay, Map<String, String> more) throws InterruptedException {
    Map<String, String> environment = new HashMap<>();
    environment.put("COURTSIDE_KAFKA", broker.bootstrap());
    environment.put("COURTSIDE_DATA", directory.resolve("data").toString());
    environment.put("COURTSIDE_DISK", "1GB");
    environment.put("COURTSIDE_INGESTOR_RELAY", "recording=" + relay.uri());
    environment.put("COURTSIDE_INGESTOR_START", "oldest-if-new");
    // The frames are as old as the recording.
    environment.put("COURTSIDE_INGESTOR_LAG_LIMIT", "36500d");
    environment.put("COURTSIDE_INGESTOR_HEALTH_PORT", "0");
    environment.putAll(more);
    Reading<IngestorSettings> reading = IngestorSettings.read(environment);
    assertThat(reading).isInstanceOf(Reading.Valid.class);
    return Ingestor.start(((Reading.Valid<IngestorSettings>) reading).settings());
  }

  private void play(int from, int to) throws Exception {
    for (var frame : recording.frames().subList(from, to)) {
      frames.append(frame.seq(), frame.bytes().toArray());
    }
  }

  private void awaitCursor(long seq) {
    await().atMost(LIMIT).until(() -> cursor().seq() >= seq);
  }

  private Cursor cursor() {
    var all = records.readAll(Topics.CURSORS.name(), 1);
    return all.isEmpty()
        ? new Cursor(
            "none",
            0,
            0,
            java.util.Optional.empty(),
            java.time.Instant.EPOCH,
            courtside.atproto.Bytes.of(new byte[0]),
            java.util.Optional.empty())
        : Cursor.decode(all.getLast().value());
  }

  private long seqAt(int index) {
    return recording.frames().get(index).seq();
  }

  @Test
  void everyFrameIsInTheLogOnceByteForByteWithItsCursor() throws Exception {
    try (Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Ingestor ingestor = ingestor(relay);
        Player player = Player.start(recording, frames, new Pace.AsFastAsPossible())) {
      assertThat(player.awaitEnd(Duration.ofSeconds(60))).isTrue();
      awaitCursor(recording.frames().getLast().seq());
      await().atMost(LIMIT).until(() -> ingestor.health().ready());
      assertThat(ingestor.health().state()).isEqualTo("reading");
      assertThat(relay.ledger().maxOpen()).isEqualTo(1);
    }
    assertThat(LoggedFrames.compare(records, recording.frames()))
        .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
    assertThat(cursor().epoch()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void aRestartResumesExactlyWhetherTheRelayRepeatsTheCursorsFrameOrNot(CursorRule rule)
      throws Exception {
    try (Relay relay = Relay.start(RelaySettings.DEFAULT.withCursorRule(rule), frames)) {
      play(0, 500);
      try (Ingestor _ = ingestor(relay)) {
        awaitCursor(seqAt(499));
      }
      play(500, 1_000);
      try (Ingestor _ = ingestor(relay)) {
        awaitCursor(seqAt(999));
      }
    }
    assertThat(LoggedFrames.compare(records, recording.frames().subList(0, 1_000)))
        .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
    assertThat(cursor().epoch()).isEqualTo(1);
  }

  @Test
  void aSilentRelayIsNoticedAndDialledAgainFromTheCursor() throws Exception {
    play(0, 100);
    try (Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Ingestor ingestor =
            ingestor(relay, Map.of("COURTSIDE_INGESTOR_HEARTBEAT_TIMEOUT", "500ms"))) {
      // when: the relay says nothing more, and its socket stays open
      await().atMost(Duration.ofSeconds(30)).until(() -> relay.ledger().streams().size() >= 3);
      play(100, 200);
      awaitCursor(seqAt(199));
      assertThat(relay.ledger().maxOpen()).isEqualTo(1);
      await().atMost(LIMIT).until(() -> incidents(Incident.Kind.STALL) >= 2);
      assertThat(ingestor.health().live()).isTrue();
    }
    assertThat(LoggedFrames.compare(records, recording.frames().subList(0, 200)))
        .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
  }

  @Test
  void aFrameThatCannotBeReadIsKeptBesideTheOthers() throws Exception {
    play(0, 10);
    byte[] garbage = {(byte) 0xff, (byte) 0xfe, (byte) 0xfd};
    frames.append(seqAt(9) + 1, garbage);
    long after = seqAt(9) + 1;
    try (Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Ingestor _ = ingestor(relay)) {
      for (var frame : recording.frames().subList(10, 20)) {
        if (frame.seq() > after) {
          frames.append(frame.seq(), frame.bytes().toArray());
        }
      }
      awaitCursor(seqAt(19));
    }
    var letters = records.readAll(Topics.DEAD_LETTERS.name(), Topics.DEAD_LETTERS.partitions());
    assertThat(letters).hasSize(1);
    DeadLetter letter = DeadLetter.FORMAT.decode(letters.getFirst().value());
    assertThat(letter.stage()).isEqualTo("ingestor");
    assertThat(letter.content().toArray()).isEqualTo(garbage);
    assertThat(letter.length()).isEqualTo(3);
  }

  @Test
  void aCursorInTheRelaysFutureBeginsAnEpochAndLosesNothing() throws Exception {
    play(0, 100);
    try (Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Ingestor _ = ingestor(relay)) {
      awaitCursor(seqAt(99));
    }
    // given: the relay was set up anew, and its numbers are lower
    try (FrameLog fresh = FrameLog.open(directory.resolve("fresh"))) {
      for (var frame : recording.frames().subList(0, 20)) {
        fresh.append(frame.seq(), frame.bytes().toArray());
      }
      // when
      try (Relay relay = Relay.start(RelaySettings.DEFAULT, fresh);
          Ingestor _ = ingestor(relay)) {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> cursor().epoch() == 2 && cursor().seq() == seqAt(19));
      }
    }
    assertThat(incidents(Incident.Kind.EPOCH)).isEqualTo(1);
    long inSecondEpoch =
        records.readAll(Topics.FRAMES.name(), FRAMES).stream()
            .map(record -> FrameHeaders.read(record.headers()))
            .filter(place -> place.epoch() == 2 && place.seq() != 0)
            .count();
    assertThat(inSecondEpoch).isEqualTo(20);
  }

  @Test
  void aRelayThatHasForgottenIsAGapWithBothEnds() throws Exception {
    play(0, 10);
    try (Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Ingestor _ = ingestor(relay)) {
      awaitCursor(seqAt(9));
    }
    try (FrameLog small = FrameLog.open(directory.resolve("small"), 40_000)) {
      for (var frame : recording.frames().subList(0, 400)) {
        small.append(frame.seq(), frame.bytes().toArray());
      }
      long oldest = small.oldestSeq().orElseThrow();
      assertThat(oldest).isGreaterThan(seqAt(10));
      try (Relay relay = Relay.start(RelaySettings.DEFAULT, small);
          Ingestor _ = ingestor(relay)) {
        awaitCursor(seqAt(399));
      }
      var gap =
          records.readAll(Topics.INCIDENTS.name(), 1).stream()
              .map(record -> Incident.FORMAT.decode(record.value()))
              .filter(incident -> incident.kind() == Incident.Kind.GAP)
              .toList();
      assertThat(gap).hasSize(1);
      assertThat(gap.getFirst().from()).hasValue(seqAt(9));
      assertThat(gap.getFirst().to()).hasValue(oldest);
      assertThat(gap.getFirst().lost()).isTrue();
    }
  }

  @Test
  void asksForAPersonWhereFramesAreThereAndTheCursorIsNot() throws Exception {
    play(0, 10);
    try (Relay relay = Relay.start(RelaySettings.DEFAULT, frames)) {
      try (Ingestor _ = ingestor(relay)) {
        awaitCursor(seqAt(9));
      }
      try (Ingestor other =
          ingestor(relay, Map.of("COURTSIDE_INGESTOR_RELAY", "renamed=" + relay.uri()))) {
        assertThat(other.awaitEnd()).isFalse();
        assertThat(other.health().live()).isFalse();
      }
    }
  }

  @Test
  void oneOfTwoWritesAndTheOtherTakesOver() throws Exception {
    int half = recording.frames().size() / 2;
    int all = recording.frames().size();
    try (Relay relay = Relay.start(RelaySettings.DEFAULT, frames)) {
      play(0, half);
      Ingestor first = ingestor(relay);
      await().atMost(LIMIT).until(() -> first.health().state().equals("reading"));
      try (Ingestor second = ingestor(relay)) {
        await().atMost(LIMIT).until(() -> second.health().state().equals("standby"));
        assertThat(second.health().ready()).isTrue();
        first.close();
        play(half, all);
        awaitCursor(recording.frames().getLast().seq());
        await().atMost(LIMIT).until(() -> second.health().state().equals("reading"));
      }
      assertThat(relay.ledger().maxOpen()).isEqualTo(1);
    }
    assertThat(LoggedFrames.compare(records, recording.frames()))
        .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
  }

  @Test
  void aBrokerThatGoesAndComesBackLosesAndDoublesNothing() throws Exception {
    int third = recording.frames().size() / 3;
    Path log = directory.resolve("kafka");
    int port = Integer.parseInt(broker.bootstrap().substring(broker.bootstrap().indexOf(':') + 1));
    try (Relay relay = Relay.start(RelaySettings.DEFAULT, frames)) {
      play(0, third);
      try (Ingestor ingestor = ingestor(relay)) {
        awaitCursor(seqAt(third - 1));
        broker.close();
        play(third, 2 * third);
        await().atMost(LIMIT).until(() -> ingestor.health().state().equals("blocked"));
        assertThat(ingestor.health().live()).isTrue();
        broker = EmbeddedBroker.start(log, port);
        play(2 * third, 3 * third);
        awaitCursor(seqAt(3 * third - 1));
        await().atMost(LIMIT).until(() -> ingestor.health().state().equals("reading"));
      }
    }
    assertThat(LoggedFrames.compare(records, recording.frames().subList(0, 3 * third)))
        .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
    assertThat(cursor().epoch()).isEqualTo(1);
  }

  @Test
  void aFirstStartAtTheTipStaysOneThoughTheRelayWasSilentAtFirst() throws Exception {
    play(0, 100);
    Map<String, String> live =
        Map.of(
            "COURTSIDE_INGESTOR_START", "live-if-new",
            "COURTSIDE_INGESTOR_HEARTBEAT_TIMEOUT", "300ms");
    try (Relay relay = Relay.start(RelaySettings.DEFAULT, frames)) {
      try (Ingestor _ = ingestor(relay, live)) {
        // The incident brings a cursor with it, of which no frame is had.
        await().atMost(LIMIT).until(() -> incidents(Incident.Kind.STALL) >= 1);
      }
      long before = relay.ledger().opened();
      try (Ingestor _ = ingestor(relay, live)) {
        await().atMost(LIMIT).until(() -> relay.ledger().opened() > before);
        assertThat(relay.ledger().streams())
            .allSatisfy(stream -> assertThat(stream.cursor()).isEmpty());
        play(100, 200);
        awaitCursor(seqAt(199));
      }
    }
    assertThat(LoggedFrames.compare(records, recording.frames().subList(100, 200)))
        .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
  }

  @Test
  void aTransactionThatAnotherServiceHasOpenDoesNotHoldItUp() throws Exception {
    play(0, 10);
    try (Relay relay = Relay.start(RelaySettings.DEFAULT, frames)) {
      try (Ingestor _ = ingestor(relay)) {
        awaitCursor(seqAt(9));
      }
      try (Producer<byte[], byte[]> other =
          new KafkaProducer<>(
              Map.of(
                  "bootstrap.servers",
                  broker.bootstrap(),
                  "transactional.id",
                  "another",
                  // Longer than the test waits: it has to come by it, not to sit it out.
                  "transaction.timeout.ms",
                  600_000),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        other.initTransactions();
        other.beginTransaction();
        for (int partition = 0; partition < Topics.DEAD_LETTERS.partitions(); partition++) {
          other
              .send(
                  new ProducerRecord<>(
                      Topics.DEAD_LETTERS.name(), partition, new byte[1], new byte[1]))
              .get();
        }
        play(10, 20);
        try (Ingestor ingestor = ingestor(relay)) {
          awaitCursor(seqAt(19));
          assertThat(ingestor.health().live()).isTrue();
        }
        other.abortTransaction();
      }
    }
  }

  @Test
  void refusesATopicThatIsNotWhatItShouldBe() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(Topics.FRAMES.name(), 3, (short) 1)
                      .configs(Map.of("cleanup.policy", "compact"))))
          .all()
          .get();
    }
    try (Relay relay = Relay.start(RelaySettings.DEFAULT, frames)) {
      assertThatThrownBy(() -> ingestor(relay))
          .hasMessageContaining("firehose.frames: partitions must be 12, but is 3")
          .hasMessageContaining("firehose.frames: cleanup.policy must be delete, but is compact");
    }
  }

  private long incidents(Incident.Kind kind) {
    return records.readAll(Topics.INCIDENTS.name(), 1).stream()
        .filter(record -> Incident.FORMAT.decode(record.value()).kind() == kind)
        .count();
  }
}
