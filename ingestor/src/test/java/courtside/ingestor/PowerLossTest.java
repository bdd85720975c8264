package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.FrameEnds;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topics;
import courtside.ingestor.process.CommittedFrames;
import courtside.ingestor.process.Traffic;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Losses of power: nothing was stopped in order, and files of the broker's log have lost what was
 * not on the disk yet, each by itself. With one broker nothing promises that frames survive it; but
 * what is gone is read again, or said. Printed is the time from the start of the ingestor after it
 * to the first new frame.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class PowerLossTest {
  private static final String RELAY = "recording";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** More than a marker of a transaction has, and less than the frame before it has besides. */
  private static final int MARKER_AND_MORE = 100;

  private final long seed = Long.getLong("courtside.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @TempDir Path directory;

  private EmbeddedBroker broker;
  private FrameLog frames;
  private Relay relay;
  private Traffic traffic;
  private FaultTable table;

  /** How long each file was when the power might still have failed without a trace. */
  private final Map<Path, Long> onDisk = new HashMap<>();

  /** Of the frame of the newest cursor before the power failed. */
  private int partitionOfLast;

  private int incidents;

  /** Something that the loss of power does. */
  private interface Damage {
    void happen() throws IOException;
  }

  /** What was found afterwards. */
  private record Found(Cursor before, List<Incident> incidents, LoggedFrames logged) {
    List<Incident> said(Incident.Kind kind) {
      return incidents.stream().filter(incident -> incident.kind() == kind).toList();
    }
  }

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(log(), 0);
    frames = FrameLog.open(directory.resolve("relay"));
    relay = Relay.start(RelaySettings.DEFAULT, frames);
    traffic = Traffic.startKept(RELAY, frames, seed);
    table = new FaultTable("power");
  }

  @AfterEach
  void stop() throws Exception {
    table.close();
    traffic.close();
    relay.close();
    frames.close();
    broker.close();
  }

  @Test
  void whatIsGoneIsReadAgainOrSaidAndNothingIsDoubled() throws Exception {
    framesLostTheirEnds();
    theLastTransactionLostAFrame();
    theCursorLostItsEnd();
    everythingLostItsEnd();
    aPartitionIsGone();
  }

  private void framesLostTheirEnds() throws Exception {
    Found found =
        live(
            "frames lost their ends, the cursor not",
            () -> {
              for (int partition : List.of(0, 5, 7)) {
                Path file = newest(Topics.FRAMES, partition);
                cut(file, Objects.requireNonNull(onDisk.get(file)));
              }
            });
    assertThat(found.logged().lost()).as("seed %d", seed).isEmpty();
    assertReadAgain(found, "[0, 5, 7]");
  }

  /** What a cursor says of the transaction that it is in. */
  private void theLastTransactionLostAFrame() throws Exception {
    List<Integer> partition = new ArrayList<>();
    Found found =
        live(
            "a frame of the last transaction lost",
            () -> {
              partition.add(partitionOfLast);
              Path file = newest(Topics.FRAMES, partitionOfLast);
              cut(file, Files.size(file) - MARKER_AND_MORE);
            });
    assertThat(found.logged().lost()).as("seed %d", seed).isEmpty();
    assertReadAgain(found, partition.toString());
  }

  private void theCursorLostItsEnd() throws Exception {
    Found found =
        live(
            "the cursor lost its end, frames not",
            () -> {
              Path file = newest(Topics.CURSORS, 0);
              cut(file, Objects.requireNonNull(onDisk.get(file)));
            });
    assertThat(found.logged().lost()).as("seed %d", seed).isEmpty();
    assertThat(found.said(Incident.Kind.EPOCH))
        .as("seed %d", seed)
        .singleElement()
        .satisfies(incident -> {
          assertThat(incident.from()).isEqualTo(incident.to());
          assertThat(incident.from().orElseThrow()).isLessThan(found.before().seq());
        });
  }

  private void everythingLostItsEnd() throws Exception {
    Found found =
        live(
            "frames and cursor lost their ends",
            () -> {
              for (Map.Entry<Path, Long> file : onDisk.entrySet()) {
                cut(file.getKey(), random.nextLong(file.getValue(), Files.size(file.getKey()) + 1));
              }
            });
    assertThat(found.logged().lost()).as("seed %d", seed).isEmpty();
  }

  private void aPartitionIsGone() throws Exception {
    Found found = live("a partition lost whole", () -> cut(newest(Topics.FRAMES, 3), 0));
    assertThat(found.logged().lost()).as("seed %d", seed).isEmpty();
    assertReadAgain(found, "[3]");
    assertThat(found.said(Incident.Kind.LOSS))
        .as("seed %d", seed)
        .singleElement()
        .satisfies(incident -> {
          assertThat(incident.from()).hasValue(0);
          assertThat(incident.to()).hasValue(found.before().seq());
        });
  }

  private void assertReadAgain(Found found, String partitions) {
    assertThat(found.said(Incident.Kind.EPOCH))
        .as("seed %d", seed)
        .singleElement()
        .satisfies(incident -> {
          assertThat(incident.found())
              .contains("lacks the last frames of partitions " + partitions);
          assertThat(incident.from().orElseThrow()).isLessThan(found.before().seq());
          assertThat(incident.to()).hasValue(found.before().seq());
        });
  }

  private Found live(String fault, Damage damage) throws Exception {
    Cursor before;
    onDisk.clear();
    try (Ingestor ingestor = startIngestor()) {
      IngestorFixture.awaitState(ingestor, "reading");
      awaitMore(ingestor);
      for (Path file : written()) {
        onDisk.put(file, Files.size(file));
      }
      long last = traffic.last(RELAY);
      try (CommittedRecords records = new CommittedRecords(broker.bootstrap())) {
        await()
            .atMost(LIMIT)
            .until(() -> partitionsBehind(records, last) == Topics.FRAMES.partitions());
      }
    }
    try (CommittedRecords records = new CommittedRecords(broker.bootstrap())) {
      before = cursor(records);
      assertSaysHowFarFramesAre(before, records);
    }
    int port = Integer.parseInt(broker.bootstrap().substring(broker.bootstrap().indexOf(':') + 1));
    broker.close();
    Files.delete(log().resolve(".kafka_cleanshutdown"));
    // As old as the last time that the broker had flushed: never.
    Files.deleteIfExists(log().resolve("recovery-point-offset-checkpoint"));
    damage.happen();
    broker = EmbeddedBroker.start(log(), port);
    long from = System.nanoTime();
    try (CommittedRecords records = new CommittedRecords(broker.bootstrap());
        CommittedFrames committed = CommittedFrames.start(broker.bootstrap());
        Ingestor ingestor = startIngestor()) {
      int shown = traffic.frames(RELAY).size();
      await().atMost(LIMIT).until(() -> traffic.frames(RELAY).size() > shown);
      RecordedFrame next = traffic.frames(RELAY).get(shown);
      long millis = TimeUnit.NANOSECONDS.toMillis(committed.await(next.bytes()) - from);
      List<LoggedFrames> compared = new ArrayList<>();
      traffic.meanwhile(() -> {
        List<RecordedFrame> all = traffic.frames(RELAY);
        committed.await(all.getLast().bytes());
        // Partitions show a transaction one after the other.
        await().atMost(LIMIT).until(() -> cursor(records).seq() == all.getLast().seq());
        compared.add(LoggedFrames.compare(records, all));
      });
      LoggedFrames logged = compared.getFirst();
      List<Incident> all =
          records.readAll(Topics.INCIDENTS.name(), 1).stream()
              .map(record -> Incident.FORMAT.decode(record.value()))
              .toList();
      List<Incident> said = all.subList(incidents, all.size());
      incidents = all.size();
      table.add(
          fault,
          1,
          millis,
          logged.lost().size(),
          logged.doubled().size(),
          said.stream().map(FaultRows::inWords).collect(Collectors.joining(", ")));
      assertThat(logged.doubled()).as("seed %d", seed).isEmpty();
      assertThat(logged.altered()).as("seed %d", seed).isEmpty();
      boolean lost = said.stream().anyMatch(Incident::lost);
      await().atMost(LIMIT).until(() -> ingestor.health().ready() == !lost);
      return new Found(before, said, logged);
    }
  }

  /** By what is there, and not by what anybody has counted. */
  private void assertSaysHowFarFramesAre(Cursor before, CommittedRecords records) {
    List<Long> ends = new ArrayList<>(Collections.nCopies(Topics.FRAMES.partitions(), 0L));
    for (var record : records.readAll(Topics.FRAMES.name(), Topics.FRAMES.partitions())) {
      FrameHeaders place = FrameHeaders.read(record.headers());
      if (place.seq() > 0) {
        ends.set(record.partition(), record.offset() + 1);
      }
      if (place.seq() == before.seq() && place.epoch() == before.epoch()) {
        partitionOfLast = record.partition();
      }
    }
    assertThat(
            FrameEnds.read(records.readAll(Topics.CURSORS.name(), 1).getLast().headers())
                .orElseThrow()
                .ends())
        .as("seed %d", seed)
        .isEqualTo(ends);
  }

  private static void awaitMore(Ingestor ingestor) {
    double had = had(ingestor);
    await().atMost(LIMIT).until(() -> had(ingestor) > had + 100);
  }

  private static double had(Ingestor ingestor) {
    return ingestor.health().figures().getOrDefault("seq", 0.0);
  }

  private static Cursor cursor(CommittedRecords records) {
    return records.readAll(Topics.CURSORS.name(), 1).stream()
        .map(ConsumerRecord::value)
        .map(Cursor::decode)
        .reduce((_, newer) -> newer)
        .orElseThrow();
  }

  private Ingestor startIngestor() throws InterruptedException {
    return Ingestor.start(
        IngestorFixture.settings(
            directory, broker.bootstrap(), RELAY + "=" + relay.uri(), Map.of()),
        IngestorFixture.QUICK,
        InstantSource.system(),
        () -> {
          throw new AssertionError("the pump hung");
        });
  }

  private Path log() {
    return directory.resolve("kafka");
  }

  private List<Path> written() throws IOException {
    List<Path> files = new ArrayList<>(List.of(newest(Topics.CURSORS, 0)));
    for (int partition : IntStream.range(0, Topics.FRAMES.partitions()).toArray()) {
      files.add(newest(Topics.FRAMES, partition));
    }
    return files;
  }

  /** How many partitions have committed frames behind this one. */
  private static long partitionsBehind(CommittedRecords records, long seq) {
    return records.readAll(Topics.FRAMES.name(), Topics.FRAMES.partitions()).stream()
        .filter(record -> FrameHeaders.read(record.headers()).seq() > seq)
        .map(ConsumerRecord::partition)
        .distinct()
        .count();
  }

  private Path newest(Topic topic, int partition) throws IOException {
    try (Stream<Path> files = Files.list(log().resolve(topic.name() + "-" + partition))) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  private static void cut(Path file, long length) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(length);
    }
  }
}
