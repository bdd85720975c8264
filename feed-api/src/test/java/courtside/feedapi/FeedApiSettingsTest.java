package courtside.feedapi;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.syntax.Did;
import courtside.eventlog.topic.DiskBudget;
import courtside.service.kafka.KafkaAddress;
import courtside.service.settings.Reading;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FeedApiSettingsTest {
  @Test
  void hasDefaults() {
    assertThat(valid(Map.of()))
        .isEqualTo(
            new FeedApiSettings(
                new KafkaAddress("127.0.0.1:9092"),
                Path.of(".courtside"),
                DiskBudget.DEFAULT,
                "127.0.0.1",
                8080,
                "127.0.0.1",
                8083,
                "localhost",
                new Did("did:web:localhost"),
                2_000,
                100,
                Duration.ofSeconds(30),
                Duration.ofDays(6)));
  }

  @Test
  void takesEveryVariable() {
    assertThat(
            valid(
                Map.ofEntries(
                    Map.entry("COURTSIDE_KAFKA", "kafka:9092"),
                    Map.entry("COURTSIDE_DATA", "/state"),
                    Map.entry("COURTSIDE_DISK", "2GB"),
                    Map.entry("COURTSIDE_LEAVE_ON_STOP", "false"),
                    Map.entry("COURTSIDE_FEED_API_HOST", "0.0.0.0"),
                    Map.entry("COURTSIDE_FEED_API_PORT", "1"),
                    Map.entry("COURTSIDE_HEALTH_HOST", "0.0.0.0"),
                    Map.entry("COURTSIDE_FEED_API_HEALTH_PORT", "2"),
                    Map.entry("COURTSIDE_FEED_API_HOSTNAME", "feeds.example:8443"),
                    Map.entry("COURTSIDE_FEED_API_PUBLISHER", "did:plc:publisher"),
                    Map.entry("COURTSIDE_FEED_API_CONNECTIONS", "50"),
                    Map.entry("COURTSIDE_FEED_API_EVENT_STREAMS", "5"),
                    Map.entry("COURTSIDE_FEED_API_BEHIND_LIMIT", "1m"),
                    Map.entry("COURTSIDE_FEED_API_STORE_TOO_OLD", "2h"))))
        .isEqualTo(
            new FeedApiSettings(
                new KafkaAddress("kafka:9092"),
                Path.of("/state"),
                new DiskBudget(2_000_000_000L),
                "0.0.0.0",
                1,
                "0.0.0.0",
                2,
                "feeds.example:8443",
                new Did("did:plc:publisher"),
                50,
                5,
                Duration.ofMinutes(1),
                Duration.ofHours(2)));
  }

  @Test
  void isItsOwnPublisherUnderItsHostName() {
    assertThat(valid(Map.of("COURTSIDE_FEED_API_HOSTNAME", "feeds.example:8443")).publisher())
        .isEqualTo(new Did("did:web:feeds.example%3A8443"));
  }

  @Test
  void saysEveryProblemAtOnce() {
    Map<String, String> environment =
        Map.of(
            "COURTSIDE_FEED_API_PORT", "http",
            "COURTSIDE_FEED_API_HOSTNAME", "https://feeds.example",
            "COURTSIDE_FEED_API_PUBLISHER", "alice.test",
            "COURTSIDE_FEED_API_STORE_TOO_OLD", "8d",
            "COURTSIDE_FEED_API_COLOUR", "orange");

    assertThat(FeedApiSettings.read(environment))
        .isInstanceOfSatisfying(
            Reading.Invalid.class,
            invalid ->
                assertThat(((Reading.Invalid<?>) invalid).problems())
                    .hasSize(5)
                    .anyMatch(problem -> problem.contains("_PORT must be"))
                    .anyMatch(problem -> problem.contains("_HOSTNAME must be"))
                    .anyMatch(problem -> problem.contains("_PUBLISHER must be a DID"))
                    .anyMatch(problem -> problem.contains("_STORE_TOO_OLD must be"))
                    .anyMatch(problem -> problem.contains("_COLOUR is not a setting")));
  }

  private static FeedApiSettings valid(Map<String, String> environment) {
    Reading<FeedApiSettings> reading = FeedApiSettings.read(environment);
    assertThat(reading).isInstanceOf(Reading.Valid.class);
    return switch (reading) {
      case Reading.Valid<FeedApiSettings>(var settings, var _) -> settings;
      case Reading.Invalid<FeedApiSettings>(List<String> problems) ->
          throw new AssertionError(problems);
    };
  }
}
