package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.syntax.Did;
import courtside.eventlog.firehose.FrameEnds;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.TopicMismatchException;
import courtside.eventlog.topic.Topics;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody may do to the topics, and to the cursor in one of them, while no ingestor runs and
 * while one does. It refuses, or ends, and says what it found and what to type; when that was typed
 * it goes on where it was. Printed is the time from that start to the first new frame.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class TopicFaultsTest {
  private static final String RELAY = "recording";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int STEP = 10;
  private static final String LIMIT_OF_MESSAGES = TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
  private static final String TRANSACTIONS = "transaction.version";

  @TempDir Path directory;

  private IngestorFixture fixture;
  private FrameLog frames;
  private Relay relay;
  private Admin admin;
  private SaidLines said;
  private FaultTable table;

  /** The last frame that the relay has; before which one nothing is expected in the log. */
  private long last;

  private long since;

  @BeforeEach
  void start() throws Exception {
    fixture = new IngestorFixture(directory);
    frames = FrameLog.open(directory.resolve("relay"));
    relay = Relay.start(RelaySettings.DEFAULT, frames);
    admin = Admin.create(Map.of("bootstrap.servers", fixture.bootstrap()));
    said = new SaidLines();
    table = new FaultTable("kafka-topics");
  }

  @AfterEach
  void stop() throws Exception {
    table.close();
    said.close();
    admin.close();
    relay.close();
    frames.close();
    fixture.close();
  }

  @Test
  void areRefusedAndSaidAndLoseAndDoubleNothing() throws Exception {
    goesOn(Map.of());
    aLimitBelowAFrame();
    anotherNumberOfPartitions();
    transactionsOfAnOlderKind();
    noCursor();
    aTruncatedCursor();
    aCursorOfAnotherRelay();
    aLimitLoweredWhileItRuns();
    framesDeletedWhileItRuns();
    cursorsDeletedWhileItRuns();
    cursorOfAnEarlierVersion();
    framesMadeAnewWhileItRuns();
    cursorsMadeAnewWhileItRuns();
  }

  private void aLimitBelowAFrame() throws Exception {
    configure(Topics.FRAMES, LIMIT_OF_MESSAGES, "1048576");
    String refusal =
        refuses(
            "firehose.frames: max.message.bytes must be 6291456, but is 1048576",
            "kafka-configs.sh --alter --topic firehose.frames --add-config"
                + " max.message.bytes=6291456");
    configure(Topics.FRAMES, LIMIT_OF_MESSAGES, "6291456");
    row("limit of messages left at 1 MiB", goesOn(Map.of()), refusal);
  }

  private void anotherNumberOfPartitions() throws Exception {
    delete(Topics.INCIDENTS);
    admin.createTopics(List.of(new NewTopic(Topics.INCIDENTS.name(), 2, (short) 1))).all().get();
    await().atMost(LIMIT).until(() -> isThere(Topics.INCIDENTS));
    String refusal =
        refuses(
            "firehose.incidents: partitions must be 1, but is 2",
            "kafka-topics.sh --delete --topic firehose.incidents");
    delete(Topics.INCIDENTS);
    row("made anew with other partitions", goesOn(Map.of()), refusal);
  }

  private void transactionsOfAnOlderKind() throws Exception {
    transactionVersion(1, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE);
    String refusal =
        refuses(
            "transaction.version must be at least 2, but is 1",
            "kafka-features.sh upgrade --feature transaction.version=2");
    transactionVersion(2, FeatureUpdate.UpgradeType.UPGRADE);
    row("transactions of version 1", goesOn(Map.of()), refusal);
  }

  private void noCursor() throws Exception {
    writeCursor(null);
    String refusal =
        ends(
            "firehose.cursors has no usable cursor",
            "beginning at the live tip loses everything since then",
            "set COURTSIDE_INGESTOR_START to oldest");
    row("cursor deleted", goesOn(Map.of("COURTSIDE_INGESTOR_START", Long.toString(last))), refusal);
  }

  private void aTruncatedCursor() throws Exception {
    byte[] whole = fixture.cursor(RELAY).orElseThrow().encode();
    byte[] half = new byte[whole.length / 2];
    System.arraycopy(whole, 0, half, 0, half.length);
    writeCursor(half);
    String refusal =
        ends(
            "the newest one of recording is damaged",
            "beginning at the live tip loses everything since then",
            "or to the sequence number to begin after");
    row(
        "cursor cut in half",
        goesOn(Map.of("COURTSIDE_INGESTOR_START", Long.toString(last))),
        refusal);
  }

  private void aCursorOfAnotherRelay() throws Exception {
    String refusal =
        endsWith(
            Map.of("COURTSIDE_INGESTOR_RELAY", "renamed=" + relay.uri()),
            "there are cursors of [recording]",
            "give it its old name (COURTSIDE_INGESTOR_RELAY=name=address)");
    row("cursor of another relay", goesOn(Map.of()), refusal);
  }

  private void aLimitLoweredWhileItRuns() throws Exception {
    long dialled = relay.ledger().opened();
    String refusal;
    try (Ingestor ingestor = fixture.start(fixture.settings(relay, Map.of()))) {
      IngestorFixture.awaitState(ingestor, "reading");
      configure(Topics.FRAMES, LIMIT_OF_MESSAGES, "100");
      play();
      refusal =
          awaitFailure(ingestor, "firehose.frames: max.message.bytes must be 6291456, but is 100");
    }
    assertThat(relay.ledger().opened() - dialled).as("dials").isLessThanOrEqualTo(2);
    assertThatThrownBy(() -> fixture.start(fixture.settings(relay, Map.of())))
        .isInstanceOf(TopicMismatchException.class);
    configure(Topics.FRAMES, LIMIT_OF_MESSAGES, "6291456");
    row("limit lowered while it runs", goesOn(Map.of()), refusal);
  }

  private void framesDeletedWhileItRuns() throws Exception {
    String refusal;
    try (Ingestor ingestor = fixture.start(fixture.settings(relay, Map.of()))) {
      IngestorFixture.awaitState(ingestor, "reading");
      fixture.awaitCursor(RELAY, last);
      delete(Topics.FRAMES);
      since = last;
      play();
      refusal = awaitFailure(ingestor, "firehose.frames: is gone, though it was there");
    }
    long millis = goesOn(Map.of());
    List<Incident> lost =
        fixture.incidents().stream().filter(i -> i.kind() == Incident.Kind.LOSS).toList();
    assertThat(lost)
        .singleElement()
        .satisfies(incident -> assertThat(incident.to()).hasValue(since));
    row(
        "frames deleted while it runs",
        millis,
        refusal + "; then LOSS: " + lost.getFirst().found());
  }

  private void cursorsDeletedWhileItRuns() throws Exception {
    String refusal;
    long had;
    try (Ingestor ingestor = fixture.start(fixture.settings(relay, Map.of()))) {
      IngestorFixture.awaitState(ingestor, "reading");
      fixture.awaitCursor(RELAY, last);
      delete(Topics.CURSORS);
      had = last;
      play();
      refusal = awaitFailure(ingestor, "firehose.cursors: is gone, though it was there");
    }
    String then = ends("firehose.cursors has no usable cursor", "set COURTSIDE_INGESTOR_START");
    row(
        "cursors deleted while it runs",
        goesOn(Map.of("COURTSIDE_INGESTOR_START", Long.toString(had))),
        refusal + "; then " + then);
  }

  /** One that says nothing of how far frames had come, and no other is there. */
  private void cursorOfAnEarlierVersion() throws Exception {
    byte[] cursor = fixture.cursor(RELAY).orElseThrow().encode();
    int before = fixture.incidents().size();
    makeAnew(Topics.CURSORS);
    writeCursor(cursor);
    long millis = goesOn(Map.of());
    assertThat(fixture.incidents().subList(before, fixture.incidents().size()))
        .extracting(Incident::kind)
        .doesNotContain(Incident.Kind.LOSS, Incident.Kind.EPOCH, Incident.Kind.GAP);
    assertThat(
            fixture.records().readAll(Topics.CURSORS.name(), 1).stream()
                .map(record -> FrameEnds.read(record.headers()).isPresent()))
        .startsWith(false)
        .endsWith(true);
    row("cursor of an earlier version", millis, "goes on");
  }

  private void framesMadeAnewWhileItRuns() throws Exception {
    int before = losses().size();
    long had;
    long from;
    try (Ingestor ingestor = fixture.start(fixture.settings(relay, Map.of()))) {
      IngestorFixture.awaitState(ingestor, "reading");
      play();
      fixture.awaitCursor(RELAY, last);
      had = last;
      makeAnew(Topics.FRAMES);
      since = last;
      from = System.nanoTime();
      play();
      await().atMost(LIMIT).until(() -> losses().size() > before);
      awaitHad(ingestor);
      from = System.nanoTime() - from;
      assertThat(ingestor.health().live()).isTrue();
      assertThat(ingestor.health().ready()).as("ready though frames are lost").isFalse();
    }
    List<Incident> lost = losses().subList(before, losses().size());
    assertThat(lost)
        .singleElement()
        .satisfies(incident -> {
          assertThat(incident.from()).hasValue(0);
          assertThat(incident.to()).hasValue(had);
        });
    long _ = goesOn(Map.of());
    assertThat(losses()).as("said once").hasSize(before + 1);
    row(
        "frames made anew while it runs",
        TimeUnit.NANOSECONDS.toMillis(from),
        "goes on: " + FaultRows.inWords(lost.getFirst()) + ", " + lost.getFirst().found());
  }

  private void cursorsMadeAnewWhileItRuns() throws Exception {
    int before = losses().size();
    long from;
    String warning;
    try (Ingestor ingestor = fixture.start(fixture.settings(relay, Map.of()))) {
      IngestorFixture.awaitState(ingestor, "reading");
      play();
      fixture.awaitCursor(RELAY, last);
      said.take();
      makeAnew(Topics.CURSORS);
      from = System.nanoTime();
      play();
      awaitHad(ingestor);
      from = System.nanoTime() - from;
      warning =
          await()
              .atMost(LIMIT)
              .until(
                  () ->
                      said.take().stream()
                          .filter(line -> line.contains("firehose.cursors was deleted"))
                          .findFirst(),
                  Optional::isPresent)
              .orElseThrow();
      IngestorFixture.awaitState(ingestor, "reading");
    }
    long _ = goesOn(Map.of());
    assertThat(losses()).as("losses").hasSize(before);
    row(
        "cursors made anew while it runs",
        TimeUnit.NANOSECONDS.toMillis(from),
        "goes on: " + warning.replaceAll("\\s+", " "));
  }

  private List<Incident> losses() {
    return fixture.incidents().stream().filter(i -> i.kind() == Incident.Kind.LOSS).toList();
  }

  private void awaitHad(Ingestor ingestor) {
    await()
        .atMost(LIMIT)
        .until(() -> ingestor.health().figures().getOrDefault("seq", 0.0).longValue() == last);
  }

  /** Deleted, and made again as it was before anybody has written to it. */
  private void makeAnew(Topic topic) throws Exception {
    delete(topic);
    new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
  }

  /** Starts one, shows it more frames, and says how long it was until they were committed. */
  private long goesOn(Map<String, String> more) throws Exception {
    long from = System.nanoTime();
    try (Ingestor ingestor = fixture.start(fixture.settings(relay, more))) {
      play();
      // Not by the cursor: the newest one may be what was damaged.
      await()
          .atMost(LIMIT)
          .until(() -> ingestor.health().figures().getOrDefault("seq", 0.0).longValue() == last);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
      IngestorFixture.awaitState(ingestor, "reading");
      return millis;
    }
  }

  private String refuses(String... words) {
    AtomicReference<String> message = new AtomicReference<>("");
    assertThatThrownBy(() -> fixture.start(fixture.settings(relay, Map.of())))
        .isInstanceOf(TopicMismatchException.class)
        .message()
        .contains(words)
        .satisfies(message::set);
    return "refuses: " + message.get().lines().skip(1).findFirst().orElseThrow().strip();
  }

  private String ends(String... words) throws Exception {
    return endsWith(Map.of(), words);
  }

  private String endsWith(Map<String, String> more, String... words) throws Exception {
    try (Ingestor ingestor = fixture.start(fixture.settings(relay, more))) {
      return awaitFailure(ingestor, words);
    }
  }

  /** It has ended with this, and health says so. */
  private String awaitFailure(Ingestor ingestor, String... words) throws InterruptedException {
    assertThat(ingestor.awaitEnd()).isFalse();
    assertThat(ingestor.health().live()).isFalse();
    assertThat(ingestor.health().state()).isEqualTo("failed");
    String line =
        said.take().stream()
            .filter(text -> text.startsWith("the pump cannot go on"))
            .findFirst()
            .orElseThrow();
    assertThat(line).contains(words);
    return "ends: " + line.replace("the pump cannot go on: ", "").replaceAll("\\s+", " ");
  }

  private void row(String fault, long millis, String words) {
    Set<Long> missing = new TreeSet<>();
    for (long seq = since + 1; seq <= last; seq++) {
      missing.add(seq);
    }
    Set<FrameHeaders> seen = new HashSet<>();
    int doubled = 0;
    for (var record : fixture.records().readAll(Topics.FRAMES.name(), Topics.FRAMES.partitions())) {
      FrameHeaders headers = FrameHeaders.read(record.headers());
      missing.remove(headers.seq());
      doubled += seen.add(headers) ? 0 : 1;
    }
    table.add(fault, 1, millis, missing.size(), doubled, words);
    assertThat(missing).as("lost: %s", fault).isEmpty();
    assertThat(doubled).as("doubled: %s", fault).isZero();
    said.take();
  }

  private void play() throws Exception {
    Did did = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
    for (int i = 0; i < STEP; i++) {
      last++;
      frames.append(
          last, FrameWriter.account(last, "2026-11-25T20:00:00Z", did, true, Optional.empty()));
    }
  }

  private void configure(Topic topic, String name, String value) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    admin
        .incrementalAlterConfigs(
            Map.of(
                resource,
                List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
        .all()
        .get();
    await()
        .atMost(LIMIT)
        .until(() ->
            admin.describeConfigs(List.of(resource)).all().get().values().stream()
                .allMatch(config -> config.get(name).value().equals(value)));
  }

  private void delete(Topic topic) throws Exception {
    admin.deleteTopics(List.of(topic.name())).all().get();
    await().atMost(LIMIT).until(() -> !isThere(topic));
  }

  private boolean isThere(Topic topic) throws Exception {
    return admin.listTopics().names().get().contains(topic.name());
  }

  private void transactionVersion(int version, FeatureUpdate.UpgradeType type) throws Exception {
    admin
        .updateFeatures(
            Map.of(TRANSACTIONS, new FeatureUpdate((short) version, type)),
            new UpdateFeaturesOptions())
        .all()
        .get();
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(admin.describeFeatures().featureMetadata().get().finalizedFeatures())
                .containsEntry(
                    TRANSACTIONS, new FinalizedVersionRange((short) version, (short) version)));
  }

  private void writeCursor(byte @Nullable [] value) {
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", fixture.bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      var _ =
          producer.send(
              new ProducerRecord<>(
                  Topics.CURSORS.name(), 0, RELAY.getBytes(StandardCharsets.UTF_8), value));
    }
  }
}
