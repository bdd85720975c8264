package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.topic.DiskBudget;
import courtside.ingestor.choice.ChoiceSettings;
import courtside.ingestor.heartbeat.HeartbeatSettings;
import courtside.ingestor.pump.CollectionFilter;
import courtside.ingestor.pump.Start;
import courtside.ingestor.relay.RelayAddress;
import courtside.service.kafka.KafkaAddress;
import courtside.service.settings.Reading;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class IngestorSettingsTest {
  @Test
  void hasDefaultsForEverything() {
    assertThat(valid(Map.of()))
        .isEqualTo(
            new IngestorSettings(
                new KafkaAddress("127.0.0.1:9092"),
                Path.of(".courtside"),
                DiskBudget.DEFAULT,
                List.of(new RelayAddress("bsky.network", URI.create("wss://bsky.network"))),
                ChoiceSettings.DEFAULT,
                Duration.ofMinutes(1),
                Duration.ofDays(3),
                Duration.ofMinutes(2),
                new Start(Start.Mode.LIVE_IF_NEW, 0),
                CollectionFilter.ALL,
                HeartbeatSettings.DEFAULT,
                Duration.ofMillis(20),
                Duration.ofSeconds(3),
                8_000_000,
                32_000_000,
                "127.0.0.1",
                8081,
                true));
  }

  @Test
  void mapsEveryVariable() {
    assertThat(
            valid(
                Map.ofEntries(
                    Map.entry("COURTSIDE_KAFKA", "kafka:9092,other:9092"),
                    Map.entry("COURTSIDE_DATA", "/var/courtside"),
                    Map.entry("COURTSIDE_DISK", "5GB"),
                    Map.entry("COURTSIDE_LEAVE_ON_STOP", "false"),
                    Map.entry(
                        "COURTSIDE_INGESTOR_RELAY",
                        "east=wss://relay.example/base/, wss://other.example"),
                    Map.entry("COURTSIDE_INGESTOR_FAILOVER_AFTER", "3"),
                    Map.entry("COURTSIDE_INGESTOR_LAG_LIMIT", "5m"),
                    Map.entry("COURTSIDE_INGESTOR_LAG_FOR", "30s"),
                    Map.entry("COURTSIDE_INGESTOR_RETURN_AFTER", "7"),
                    Map.entry("COURTSIDE_INGESTOR_PROBE_EVERY", "20s"),
                    Map.entry("COURTSIDE_INGESTOR_RELAY_WINDOW", "12h"),
                    Map.entry("COURTSIDE_INGESTOR_OVERLAP", "3m"),
                    Map.entry("COURTSIDE_INGESTOR_COLLECTIONS", "app.bsky.feed.*"),
                    Map.entry("COURTSIDE_INGESTOR_DEAD_LETTERS", "1MB"),
                    Map.entry("COURTSIDE_INGESTOR_START", "oldest-if-new"),
                    Map.entry("COURTSIDE_INGESTOR_HEARTBEAT_TIMEOUT", "2s"),
                    Map.entry("COURTSIDE_INGESTOR_HEARTBEAT_CHECK_PERIOD", "1s"),
                    Map.entry("COURTSIDE_INGESTOR_HEARTBEAT_MODE", "periodic"),
                    Map.entry("COURTSIDE_INGESTOR_COMMIT_EVERY", "50ms"),
                    Map.entry("COURTSIDE_INGESTOR_HANG_LIMIT", "4s"),
                    Map.entry("COURTSIDE_INGESTOR_QUEUE", "8MB"),
                    Map.entry("COURTSIDE_HEALTH_HOST", "0.0.0.0"),
                    Map.entry("COURTSIDE_INGESTOR_HEALTH_PORT", "0"),
                    Map.entry("COURTSIDE_PROCESSOR_ANYTHING", "is of another service"))))
        .isEqualTo(
            new IngestorSettings(
                new KafkaAddress("kafka:9092,other:9092"),
                Path.of("/var/courtside"),
                new DiskBudget(5_000_000_000L),
                List.of(
                    new RelayAddress("east", URI.create("wss://relay.example/base/")),
                    new RelayAddress("other.example", URI.create("wss://other.example"))),
                new ChoiceSettings(3, Duration.ofMinutes(5), Duration.ofSeconds(30), 7),
                Duration.ofSeconds(20),
                Duration.ofHours(12),
                Duration.ofMinutes(3),
                new Start(Start.Mode.OLDEST_IF_NEW, 0),
                CollectionFilter.parse("app.bsky.feed.*").orElseThrow(),
                new HeartbeatSettings(
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(1),
                    2,
                    HeartbeatSettings.Mode.PERIODIC),
                Duration.ofMillis(50),
                Duration.ofSeconds(4),
                1_000_000,
                8_000_000,
                "0.0.0.0",
                0,
                false));
  }

  @Test
  void reportsEveryProblemAtOnce() {
    Reading<IngestorSettings> reading =
        IngestorSettings.read(
            Map.of(
                "COURTSIDE_DISK", "20MB",
                "COURTSIDE_KAFKA", "nonsense",
                "COURTSIDE_INGESTOR_COMMIT_EVERY", "5s",
                "COURTSIDE_INGESTOR_HANG_LIMIT", "1s",
                "COURTSIDE_INGESTOR_RELAY", "wss://bsky.network,https://bsky.network",
                "COURTSIDE_INGESTOR_START", "yesterday",
                "COURTSIDE_INGESTOR_HEARTBEAT_TIMEOUT", "20",
                "COURTSIDE_INGESTOR_HEARTBEATTIMEOUT", "20s",
                "COURTSIDE_LOG", "loud"));
    assertThat(reading)
        .isEqualTo(
            new Reading.Invalid<>(
                List.of(
                    "COURTSIDE_LOG must be one of error, warn, info, debug, but is 'loud'",
                    "COURTSIDE_KAFKA must be host:port, or several separated by commas, but is"
                        + " 'nonsense'",
                    "COURTSIDE_DISK must be a size such as 512MB or 20GB, at least 1000000000 bytes,"
                        + " but is '20MB'",
                    "COURTSIDE_INGESTOR_RELAY must be a relay such as wss://bsky.network, or"
                        + " name=ws://host:port, or several of different names separated by commas,"
                        + " but is 'wss://bsky.network,https://bsky.network'",
                    "COURTSIDE_INGESTOR_START must be live-if-new, oldest-if-new, cursor, live,"
                        + " oldest, or a sequence number to begin after, but is 'yesterday'",
                    "COURTSIDE_INGESTOR_HEARTBEAT_TIMEOUT must be a duration such as 500ms, 20s, 10m,"
                        + " 3h or 28d, but is '20'",
                    "COURTSIDE_INGESTOR_COMMIT_EVERY must be from 1ms to 1000ms, but is 5000ms",
                    "COURTSIDE_INGESTOR_HANG_LIMIT must be at least 2500ms, as Kafka may take 2 s for an"
                        + " answer, but is 1000ms",
                    "COURTSIDE_INGESTOR_HEARTBEATTIMEOUT is not a setting of this service")));
  }

  private static IngestorSettings valid(Map<String, String> environment) {
    Reading<IngestorSettings> reading = IngestorSettings.read(environment);
    assertThat(reading).isInstanceOf(Reading.Valid.class);
    return ((Reading.Valid<IngestorSettings>) reading).settings();
  }
}
