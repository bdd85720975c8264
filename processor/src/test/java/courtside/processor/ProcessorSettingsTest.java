package courtside.processor;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.topic.DiskBudget;
import courtside.processor.feed.Memory;
import courtside.service.kafka.KafkaAddress;
import courtside.service.settings.Reading;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ProcessorSettingsTest {
  @Test
  void hasADefaultForEverything() {
    assertThat(valid(Map.of()))
        .isEqualTo(
            new ProcessorSettings(
                new KafkaAddress("127.0.0.1:9092"),
                Path.of(".courtside"),
                DiskBudget.DEFAULT,
                Optional.of(Path.of("feeds")),
                1,
                1,
                0,
                Duration.ofMillis(50),
                64_000_000,
                Duration.ofMinutes(5),
                8_000_000,
                Memory.DEFAULT,
                Duration.ofSeconds(10),
                Duration.ofDays(1),
                "127.0.0.1",
                8082,
                true));
  }

  @Test
  void readsEveryVariable() {
    assertThat(
            valid(
                Map.ofEntries(
                    Map.entry("COURTSIDE_KAFKA", "a:1,b:2"),
                    Map.entry("COURTSIDE_DATA", "/d"),
                    Map.entry("COURTSIDE_DISK", "1GB"),
                    Map.entry("COURTSIDE_LEAVE_ON_STOP", "false"),
                    Map.entry("COURTSIDE_PROCESSOR_FEEDS", "none"),
                    Map.entry("COURTSIDE_PROCESSOR_EXTRACT_THREADS", "2"),
                    Map.entry("COURTSIDE_PROCESSOR_FEED_THREADS", "3"),
                    Map.entry("COURTSIDE_PROCESSOR_STANDBY_REPLICAS", "1"),
                    Map.entry("COURTSIDE_PROCESSOR_COMMIT_EVERY", "20ms"),
                    Map.entry("COURTSIDE_PROCESSOR_STORE_MEMORY", "128MB"),
                    Map.entry("COURTSIDE_PROCESSOR_FUTURE_ALLOWED", "1m"),
                    Map.entry("COURTSIDE_PROCESSOR_DEAD_LETTERS", "1MB"),
                    Map.entry("COURTSIDE_PROCESSOR_REMEMBER", "1d"),
                    Map.entry("COURTSIDE_PROCESSOR_REMEMBER_INACTIVE", "2d"),
                    Map.entry("COURTSIDE_PROCESSOR_REMEMBER_DELETED", "4h"),
                    Map.entry("COURTSIDE_PROCESSOR_CLOCK_SKEW", "5s"),
                    Map.entry("COURTSIDE_PROCESSOR_STEADY", "6s"),
                    Map.entry("COURTSIDE_PROCESSOR_PREVIOUS", "7h"),
                    Map.entry("COURTSIDE_HEALTH_HOST", "0.0.0.0"),
                    Map.entry("COURTSIDE_PROCESSOR_HEALTH_PORT", "0"))))
        .isEqualTo(
            new ProcessorSettings(
                new KafkaAddress("a:1,b:2"),
                Path.of("/d"),
                new DiskBudget(1_000_000_000),
                Optional.empty(),
                2,
                3,
                1,
                Duration.ofMillis(20),
                128_000_000,
                Duration.ofMinutes(1),
                1_000_000,
                new Memory(
                    Duration.ofDays(1),
                    Duration.ofDays(2),
                    Duration.ofHours(4),
                    Duration.ofSeconds(5)),
                Duration.ofSeconds(6),
                Duration.ofHours(7),
                "0.0.0.0",
                0,
                false));
  }

  @Test
  void tellsEveryProblemAtOnce() {
    Reading<ProcessorSettings> reading =
        ProcessorSettings.read(
            Map.of(
                "COURTSIDE_DISK", "1kB",
                "COURTSIDE_PROCESSOR_COMMIT_EVERY", "1s",
                "COURTSIDE_PROCESSOR_EXTRACT_THREADS", "13",
                "COURTSIDE_PROCESSOR_STANDBY_REPLICAS", "3",
                "COURTSIDE_PROCESSOR_FEED", "x"));

    assertThat(reading)
        .isInstanceOfSatisfying(
            Reading.Invalid.class,
            invalid -> assertThat(((Reading.Invalid<?>) invalid).problems()).hasSize(5));
  }

  @Test
  void refusesToForgetAnInactiveAccountBeforeItsDeletedPosts() {
    assertThat(
            ProcessorSettings.read(
                Map.of(
                    "COURTSIDE_PROCESSOR_REMEMBER_INACTIVE", "2d",
                    "COURTSIDE_PROCESSOR_REMEMBER_DELETED", "3d")))
        .isInstanceOfSatisfying(
            Reading.Invalid.class,
            invalid ->
                assertThat(((Reading.Invalid<?>) invalid).problems())
                    .singleElement()
                    .asString()
                    .contains("REMEMBER_INACTIVE must be at least")
                    .contains("259200s, but is 172800s"));
  }

  private static ProcessorSettings valid(Map<String, String> environment) {
    return switch (ProcessorSettings.read(environment)) {
      case Reading.Valid<ProcessorSettings> valid -> valid.settings();
      case Reading.Invalid<ProcessorSettings> invalid ->
          throw new AssertionError(invalid.problems());
    };
  }
}
