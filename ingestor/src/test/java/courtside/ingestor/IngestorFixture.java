package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.firehose.Observations;
import courtside.eventlog.topic.Topics;
import courtside.ingestor.relay.RelaySettings;
import courtside.service.settings.Reading;
import courtside.testkit.broker.BrokerProxy;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.relay.Relay;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A real broker, what is committed to it, and ingestors that write to it. */
final class IngestorFixture implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(60);

  /**
   * The pace of tests that live through faults: scaled 1:10, and a connection that has brought
   * fifty frames works, as faults follow each other sooner than that they would be forgotten.
   */
  static final RelaySettings QUICK = quick(RelaySettings.DEFAULT.scaled(0.1));

  private final Path directory;
  private final EmbeddedBroker broker;
  private final CommittedRecords records;

  IngestorFixture(Path directory) throws Exception {
    this.directory = directory;
    this.broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
    this.records = new CommittedRecords(broker.bootstrap());
  }

  /** The same, with a broker that can be reached by a proxy too. */
  IngestorFixture(Path directory, BrokerProxy proxy) throws Exception {
    this.directory = directory;
    this.broker =
        EmbeddedBroker.startBehindProxy(directory.resolve("kafka"), proxy.port(), Map.of());
    proxy.forwardTo(broker.behindProxy());
    this.records = new CommittedRecords(broker.bootstrap());
  }

  private static RelaySettings quick(RelaySettings pace) {
    return new RelaySettings(
        pace.heartbeat(),
        pace.progress(),
        pace.trickle(),
        pace.dialDeadline(),
        pace.firstDelay(),
        pace.longestDelay(),
        pace.longestRetryAfter(),
        pace.stableAfter(),
        50,
        pace.pingPeriod());
  }

  CommittedRecords records() {
    return records;
  }

  String bootstrap() {
    return broker.bootstrap();
  }

  /** The settings of an ingestor that begins with the oldest; more of them override. */
  IngestorSettings settings(Relay relay, Map<String, String> more) {
    return settings("recording=" + relay.uri(), more);
  }

  IngestorSettings settings(String relays, Map<String, String> more) {
    return settings(directory, broker.bootstrap(), relays, more);
  }

  /** The same with any broker. */
  static IngestorSettings settings(
      Path directory, String kafka, String relays, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>();
    environment.put("COURTSIDE_KAFKA", kafka);
    environment.put("COURTSIDE_DATA", directory.resolve("data").toString());
    environment.put("COURTSIDE_DISK", "1GB");
    environment.put("COURTSIDE_INGESTOR_RELAY", relays);
    environment.put("COURTSIDE_INGESTOR_START", "oldest-if-new");
    // The frames are as old as the recording.
    environment.put("COURTSIDE_INGESTOR_LAG_LIMIT", "36500d");
    environment.put("COURTSIDE_INGESTOR_HEALTH_PORT", "0");
    environment.putAll(more);
    Reading<IngestorSettings> reading = IngestorSettings.read(environment);
    assertThat(reading).isInstanceOf(Reading.Valid.class);
    return ((Reading.Valid<IngestorSettings>) reading).settings();
  }

  Ingestor start(IngestorSettings settings) throws InterruptedException {
    return start(settings, RelaySettings.DEFAULT, InstantSource.system());
  }

  Ingestor start(IngestorSettings settings, RelaySettings pace, InstantSource clock)
      throws InterruptedException {
    // Nothing may end the test's own process.
    return Ingestor.start(
        settings,
        pace,
        clock,
        () -> {
          throw new AssertionError("the pump hung");
        });
  }

  Optional<Cursor> cursor(String relay) {
    return newest(relay).map(Cursor::decode);
  }

  Optional<Observations> observations(String relay) {
    return newest(Observations.key(relay)).map(Observations::decode);
  }

  private Optional<byte[]> newest(String key) {
    return records.readAll(Topics.CURSORS.name(), 1).stream()
        .filter(record ->
            record.key() != null && new String(record.key(), StandardCharsets.UTF_8).equals(key))
        .map(ConsumerRecord::value)
        .reduce((_, newer) -> newer);
  }

  void awaitCursor(String relay, long seq) {
    await()
        .atMost(LIMIT)
        .until(() -> cursor(relay).map(Cursor::seq).filter(s -> s >= seq).isPresent());
  }

  List<Incident> incidents() {
    return records.readAll(Topics.INCIDENTS.name(), 1).stream()
        .map(record -> Incident.FORMAT.decode(record.value()))
        .toList();
  }

  static void awaitState(Ingestor ingestor, String state) {
    await().atMost(LIMIT).until(() -> ingestor.health().state().equals(state));
  }

  @Override
  public void close() throws Exception {
    records.close();
    broker.close();
  }
}
