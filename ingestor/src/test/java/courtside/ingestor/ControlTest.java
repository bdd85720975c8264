package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.eventlog.control.Wish;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.Topics;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.recording.RecordedFrame;
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
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What people ask of a running ingestor, by the topic control. */
@Timeout(120)
final class ControlTest {
  @TempDir Path directory;
  private IngestorFixture fixture;
  private FrameLog frames;
  private Relay relay;
  private List<RecordedFrame> recording;

  @BeforeEach
  void start() throws Exception {
    fixture = new IngestorFixture(directory);
    frames = FrameLog.open(directory.resolve("relay"));
    relay = Relay.start(RelaySettings.DEFAULT, frames);
    recording = Recordings.longest().frames().subList(0, 300);
  }

  @AfterEach
  void stop() throws Exception {
    relay.close();
    frames.close();
    fixture.close();
  }

  private Ingestor ingestor() throws InterruptedException {
    return fixture.start(fixture.settings(relay, Map.of()));
  }

  private void play(int from, int to) throws IOException {
    for (RecordedFrame frame : recording.subList(from, to)) {
      frames.append(frame.seq(), frame.bytes().toArray());
    }
  }

  private void awaitFrame(int index) {
    fixture.awaitCursor("recording", recording.get(index).seq());
  }

  private void wish(Wish wish) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", fixture.bootstrap()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(Topics.CONTROL.name(), wish.key(), Wish.FORMAT.encode(wish)))
          .get();
    }
  }

  private static void awaitAnswer(Ingestor ingestor, Wish wish) {
    await()
        .atMost(IngestorFixture.LIMIT)
        .until(() -> wish.id().equals(ingestor.health().answers().orElseThrow().get(wish.key())));
  }

  @Test
  void aPauseHoldsOverARestartAndWhatCameMeanwhileIsReadAfterIt() throws Exception {
    Wish pause = new Wish.Ingesting("pause-1", Instant.now(), true);
    play(0, 100);
    try (Ingestor ingestor = ingestor()) {
      awaitFrame(99);
      wish(pause);
      awaitAnswer(ingestor, pause);
      assertThat(ingestor.health().state()).isEqualTo("paused");
      assertThat(ingestor.health().ready()).isTrue();
      await().atMost(IngestorFixture.LIMIT).until(() -> relay.ledger().open() == 0);
      play(100, 200);
    }
    long opened = relay.ledger().opened();
    try (Ingestor ingestor = ingestor()) {
      awaitAnswer(ingestor, pause);
      assertThat(ingestor.health().state()).isEqualTo("paused");
      assertThat(relay.ledger().opened()).as("streams since the restart").isEqualTo(opened);
      // when
      wish(new Wish.Ingesting("pause-2", Instant.now(), false));
      awaitFrame(199);
      IngestorFixture.awaitState(ingestor, "reading");
    }
    assertThat(LoggedFrames.compare(fixture.records(), recording.subList(0, 200)))
        .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
  }

  @Test
  void aPauseSaysWhatItMayLose() throws Exception {
    IngestorSettings settings =
        fixture.settings(relay, Map.of("COURTSIDE_INGESTOR_RELAY_WINDOW", "12h"));
    AtomicReference<Duration> behind = new AtomicReference<>(Duration.ofHours(13));
    InstantSource clock = () -> Instant.now().minus(behind.get());
    play(0, 10);
    try (Ingestor ingestor = fixture.start(settings, IngestorFixture.QUICK, clock)) {
      awaitFrame(9);
      wish(new Wish.Ingesting("pause", clock.instant(), true));
      IngestorFixture.awaitState(ingestor, "paused");
      assertThat(ingestor.health().ready()).isTrue();
      assertThat(ingestor.health().figures().get("seconds_until_relay_forgets"))
          .isBetween(11 * 3_600.0, 12 * 3_600.0);
      // when: it is 13 hours later, and somebody asks for a pause once more
      behind.set(Duration.ZERO);
      Wish again = new Wish.Ingesting("pause-again", clock.instant(), true);
      wish(again);
      awaitAnswer(ingestor, again);
      assertTooLong(ingestor);
    }
    // when: it starts again, what is had is as old as before
    try (Ingestor ingestor = fixture.start(settings, IngestorFixture.QUICK, clock)) {
      IngestorFixture.awaitState(ingestor, "paused");
      assertTooLong(ingestor);
      Wish resume = new Wish.Ingesting("resume", clock.instant(), false);
      wish(resume);
      awaitAnswer(ingestor, resume);
      assertThat(ingestor.health().figures()).doesNotContainKey("seconds_until_relay_forgets");
    }
  }

  private static void assertTooLong(Ingestor ingestor) {
    assertThat(ingestor.health().ready()).isFalse();
    assertThat(ingestor.health().reasons()).singleElement().asString().contains("12 h");
    assertThat(ingestor.health().figures().get("seconds_until_relay_forgets"))
        .isBetween(-2 * 3_600.0, -3_600.0);
  }

  @Test
  void aPauseBeforeAnythingIsHadCountsFromWhenItWasAskedFor() throws Exception {
    try (Ingestor ingestor =
        fixture.start(fixture.settings(relay, Map.of("COURTSIDE_INGESTOR_RELAY_WINDOW", "12h")))) {
      wish(new Wish.Ingesting("pause", Instant.now().minus(Duration.ofHours(11)), true));
      IngestorFixture.awaitState(ingestor, "paused");
      assertThat(ingestor.health().figures().get("seconds_until_relay_forgets"))
          .isBetween(0.0, 3_600.0);
    }
  }

  @Test
  void aRewindIsDoneOnceAndBeginsAnEpoch() throws Exception {
    Wish rewind = new Wish.Rewind("rewind-1", Instant.now(), "recording", recording.get(49).seq());
    play(0, 100);
    try (Ingestor ingestor = ingestor()) {
      awaitFrame(99);
      wish(rewind);
      awaitAnswer(ingestor, rewind);
      await()
          .atMost(IngestorFixture.LIMIT)
          .until(() ->
              fixture.cursor("recording").orElseThrow().epoch() == 2
                  && fixture.cursor("recording").orElseThrow().seq() == recording.get(99).seq());
    }
    // when: the wish still stands there, and the ingestor starts again
    try (Ingestor ingestor = ingestor()) {
      play(100, 200);
      awaitFrame(199);
      awaitAnswer(ingestor, rewind);
    }
    assertThat(sequences(1)).isEqualTo(numbered(0, 100));
    assertThat(sequences(2)).isEqualTo(numbered(50, 200));
    assertThat(fixture.cursor("recording").orElseThrow().epoch()).isEqualTo(2);
    assertThat(fixture.incidents().stream().filter(i -> i.kind() == Incident.Kind.EPOCH))
        .hasSize(1);
  }

  private List<Long> sequences(long epoch) {
    return fixture.records().readAll(Topics.FRAMES.name(), Topics.FRAMES.partitions()).stream()
        .map(record -> FrameHeaders.read(record.headers()))
        .filter(place -> place.epoch() == epoch)
        .map(FrameHeaders::seq)
        .sorted()
        .toList();
  }

  private List<Long> numbered(int from, int to) {
    return recording.subList(from, to).stream().map(RecordedFrame::seq).toList();
  }

  @Test
  void aLossIsUnhealthyUntilSomebodyKnowsOfIt() throws Exception {
    play(0, 10);
    try (Ingestor _ = ingestor()) {
      awaitFrame(9);
    }
    relay.close();
    try (FrameLog small = FrameLog.open(directory.resolve("small"), 40_000)) {
      for (RecordedFrame frame : recording) {
        small.append(frame.seq(), frame.bytes().toArray());
      }
      relay = Relay.start(RelaySettings.DEFAULT, small);
      try (Ingestor ingestor = ingestor()) {
        awaitFrame(299);
        await().atMost(IngestorFixture.LIMIT).until(() -> lossIsSaid(ingestor));
        assertThat(ingestor.health().ready()).isFalse();
        assertThat(ingestor.health().live()).isTrue();
      }
      // when: it starts again, the loss is still one
      try (Ingestor ingestor = ingestor()) {
        await().atMost(IngestorFixture.LIMIT).until(() -> lossIsSaid(ingestor));
        Wish known =
            new Wish.Acknowledged(
                "known-1",
                Instant.now(),
                fixture.records().readAll(Topics.INCIDENTS.name(), 1).getLast().offset() + 1);
        wish(known);
        awaitAnswer(ingestor, known);
        await().atMost(IngestorFixture.LIMIT).until(() -> ingestor.health().ready());
      }
    }
  }

  private static boolean lossIsSaid(Ingestor ingestor) {
    return ingestor.health().reasons().stream().anyMatch(reason -> reason.contains("was lost"));
  }
}
