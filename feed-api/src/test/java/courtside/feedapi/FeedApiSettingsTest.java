package courtside.feedapi;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.syntax.Did;
import courtside.eventlog.topic.DiskBudget;
import courtside.feedapi.identity.FetchSettings;
import courtside.feedapi.page.DashboardSettings;
import courtside.feedapi.skeleton.Generator;
import courtside.feedapi.web.ClientLimits;
import courtside.feedapi.web.TrustedProxies;
import courtside.service.kafka.KafkaAddress;
import courtside.service.settings.Reading;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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
                new Generator(
                    "localhost",
                    new Did("did:web:localhost"),
                    new Did("did:web:localhost"),
                    Optional.empty(),
                    Optional.empty()),
                new ClientLimits(5_000, 500, 1_000, Duration.ofSeconds(10), TrustedProxies.NONE),
                new DashboardSettings(100, OptionalInt.empty()),
                FetchSettings.DEFAULT,
                Duration.ofDays(7),
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
                    Map.entry("COURTSIDE_FEED_API_SERVICE_DID", "did:plc:service"),
                    Map.entry("COURTSIDE_FEED_API_PRIVACY_POLICY", "https://feeds.example/privacy"),
                    Map.entry("COURTSIDE_FEED_API_TERMS_OF_SERVICE", "https://feeds.example/terms"),
                    Map.entry("COURTSIDE_FEED_API_CONNECTIONS", "50"),
                    Map.entry("COURTSIDE_FEED_API_CONNECTIONS_PER_ADDRESS", "20"),
                    Map.entry("COURTSIDE_FEED_API_REQUESTS_PER_SECOND", "30"),
                    Map.entry("COURTSIDE_FEED_API_REQUEST_TIME", "3s"),
                    Map.entry("COURTSIDE_FEED_API_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
                    Map.entry("COURTSIDE_FEED_API_EVENT_STREAMS", "5"),
                    Map.entry("COURTSIDE_FEED_API_DASHBOARD", "local"),
                    Map.entry("COURTSIDE_FEED_API_DASHBOARD_PORT", "3"),
                    Map.entry("COURTSIDE_FEED_API_PLC_DIRECTORY", "http://plc.internal:2582"),
                    Map.entry("COURTSIDE_FEED_API_LOCAL_IDENTITIES", "true"),
                    Map.entry("COURTSIDE_FEED_API_SEEN_KEEP", "3h"),
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
                new Generator(
                    "feeds.example:8443",
                    new Did("did:plc:service"),
                    new Did("did:plc:publisher"),
                    Optional.of("https://feeds.example/privacy"),
                    Optional.of("https://feeds.example/terms")),
                new ClientLimits(
                    50,
                    20,
                    30,
                    Duration.ofSeconds(3),
                    new TrustedProxies(List.of("10.0.0.0/8", "::1"))),
                new DashboardSettings(5, OptionalInt.of(3)),
                FetchSettings.DEFAULT
                    .withDirectory(URI.create("http://plc.internal:2582"))
                    .withLocal(true),
                Duration.ofHours(3),
                Duration.ofMinutes(1),
                Duration.ofHours(2)));
  }

  @Test
  void isItsOwnPublisherUnderItsHostName() {
    assertThat(valid(Map.of("COURTSIDE_FEED_API_HOSTNAME", "feeds.example:8443")).generator())
        .extracting(Generator::service, Generator::publisher)
        .containsOnly(new Did("did:web:feeds.example%3A8443"));
  }

  @Test
  void saysEveryProblemAtOnce() {
    Map<String, String> environment =
        Map.of(
            "COURTSIDE_FEED_API_PORT", "http",
            "COURTSIDE_FEED_API_HOSTNAME", "https://feeds.example",
            "COURTSIDE_FEED_API_PUBLISHER", "alice.test",
            "COURTSIDE_FEED_API_STORE_TOO_OLD", "8d",
            "COURTSIDE_FEED_API_PLC_DIRECTORY", "plc.directory",
            "COURTSIDE_FEED_API_SEEN_KEEP", "0s",
            "COURTSIDE_FEED_API_REQUEST_TIME", "1ms",
            "COURTSIDE_FEED_API_PRIVACY_POLICY", "feeds.example/privacy",
            "COURTSIDE_FEED_API_TRUSTED_PROXIES", "caddy",
            "COURTSIDE_FEED_API_COLOUR", "orange");

    assertThat(FeedApiSettings.read(environment))
        .isInstanceOfSatisfying(
            Reading.Invalid.class,
            invalid ->
                assertThat(((Reading.Invalid<?>) invalid).problems())
                    .hasSize(10)
                    .anyMatch(problem -> problem.contains("_PORT must be"))
                    .anyMatch(problem -> problem.contains("_HOSTNAME must be"))
                    .anyMatch(problem -> problem.contains("_PUBLISHER must be a DID"))
                    .anyMatch(problem -> problem.contains("_STORE_TOO_OLD must be"))
                    .anyMatch(problem -> problem.contains("_PRIVACY_POLICY must be an https"))
                    .anyMatch(problem -> problem.contains("_TRUSTED_PROXIES must be addresses"))
                    .anyMatch(problem -> problem.contains("_PLC_DIRECTORY must be an http"))
                    .anyMatch(problem -> problem.contains("_SEEN_KEEP must be"))
                    .anyMatch(problem -> problem.contains("_REQUEST_TIME must be from"))
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
