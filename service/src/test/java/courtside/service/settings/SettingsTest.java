package courtside.service.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {
  private static final String SERVICE = "feed-api";

  private enum Speed {
    SLOW,
    VERY_FAST,
  }

  @Test
  void takesDefaultsWhereNothingIsSet() {
    Settings settings = new Settings(SERVICE, Map.of());
    assertThat(settings.text("NAME", "nba")).isEqualTo("nba");
    assertThat(settings.optionalText("MORE")).isEmpty();
    assertThat(settings.number("COUNT", 7, 1, 10)).isEqualTo(7);
    assertThat(settings.port("PORT", 8080)).isEqualTo(8080);
    assertThat(settings.duration("WAIT", "20s")).isEqualTo(Duration.ofSeconds(20));
    assertThat(settings.bytes("DISK", "20GB", 1)).isEqualTo(20_000_000_000L);
    assertThat(settings.path("DATA", "data")).isEqualTo(Path.of("data"));
    assertThat(settings.uris("RELAY", "wss://a.example", Set.of("ws", "wss")))
        .containsExactly(URI.create("wss://a.example"));
    assertThat(settings.choice("SPEED", Speed.VERY_FAST)).isEqualTo(Speed.VERY_FAST);
    assertThat(settings.flag("HIDE", true)).isTrue();

    Reading.Valid<String> valid = valid(settings.finish(() -> "all"));
    assertThat(valid.settings()).isEqualTo("all");
    assertThat(valid.effective())
        .containsOnly(
            Map.entry("COURTSIDE_LOG", "info"),
            Map.entry("COURTSIDE_NAME", "nba"),
            Map.entry("COURTSIDE_MORE", "(none)"),
            Map.entry("COURTSIDE_COUNT", "7"),
            Map.entry("COURTSIDE_PORT", "8080"),
            Map.entry("COURTSIDE_WAIT", "20s"),
            Map.entry("COURTSIDE_DISK", "20GB"),
            Map.entry("COURTSIDE_DATA", "data"),
            Map.entry("COURTSIDE_RELAY", "wss://a.example"),
            Map.entry("COURTSIDE_SPEED", "very-fast"),
            Map.entry("COURTSIDE_HIDE", "true"));
  }

  @Test
  void takesWhatIsSet() {
    Settings settings =
        new Settings(
            SERVICE,
            Map.ofEntries(
                Map.entry("COURTSIDE_NAME", "wnba"),
                Map.entry("COURTSIDE_MORE", "text"),
                Map.entry("COURTSIDE_COUNT", "10"),
                Map.entry("COURTSIDE_PORT", "0"),
                Map.entry("COURTSIDE_WAIT", "1500ms"),
                Map.entry("COURTSIDE_DISK", "512MB"),
                Map.entry("COURTSIDE_DATA", "/var/lib/courtside"),
                Map.entry("COURTSIDE_RELAY", "wss://a.example, ws://b.example:2470/path"),
                Map.entry("COURTSIDE_SPEED", "slow"),
                Map.entry("COURTSIDE_HIDE", "false"),
                Map.entry("HOME", "/root")));
    assertThat(settings.text("NAME", "nba")).isEqualTo("wnba");
    assertThat(settings.optionalText("MORE")).contains("text");
    assertThat(settings.number("COUNT", 7, 1, 10)).isEqualTo(10);
    assertThat(settings.port("PORT", 8080)).isZero();
    assertThat(settings.duration("WAIT", "20s")).isEqualTo(Duration.ofMillis(1_500));
    assertThat(settings.bytes("DISK", "20GB", 1)).isEqualTo(512_000_000);
    assertThat(settings.path("DATA", "data")).isEqualTo(Path.of("/var/lib/courtside"));
    assertThat(settings.uris("RELAY", "wss://c.example", Set.of("ws", "wss")))
        .containsExactly(URI.create("wss://a.example"), URI.create("ws://b.example:2470/path"));
    assertThat(settings.choice("SPEED", Speed.VERY_FAST)).isEqualTo(Speed.SLOW);
    assertThat(settings.flag("HIDE", true)).isFalse();
    assertThat(valid(settings.finish(() -> "all")).effective())
        .containsEntry("COURTSIDE_WAIT", "1500ms")
        .doesNotContainKey("HOME");
  }

  @ParameterizedTest
  @CsvSource({
    "0s, 0",
    "7ms, 7",
    "20s, 20000",
    "10m, 600000",
    "3h, 10800000",
    "28d, 2419200000",
  })
  void readsDurations(String text, long millis) {
    assertRead(text, s -> s.duration("X", "1s"), Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "20", "s", "-1s", "1.5s", "20 s", "20S", "1w", "PT20S", "9999999999s"})
  void refusesOtherDurations(String text) {
    assertThat(problem(text, s -> s.duration("X", "1s")))
        .isEqualTo(
            "COURTSIDE_X must be a duration such as 500ms, 20s, 10m, 3h or 28d, but is '"
                + text
                + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 1000",
    "1000B, 1000",
    "2kB, 2000",
    "512MB, 512000000",
    "20GB, 20000000000",
    "9000000TB, 9000000000000000000",
  })
  void readsSizes(String text, long bytes) {
    assertRead(text, s -> s.bytes("X", "1kB", 1_000), bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "999", "0", "-1GB", "1.5GB", "20 GB", "20gb", "20GiB", "20G", "GB"})
  void refusesOtherSizes(String text) {
    assertThat(problem(text, s -> s.bytes("X", "1kB", 1_000)))
        .isEqualTo(
            "COURTSIDE_X must be a size such as 512MB or 20GB, at least 1000 bytes, but is '"
                + text
                + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10000000TB", "18446745TB", "999999999TB"})
  void refusesSizesThatNoNumberHolds(String text) {
    assertThat(problem(text, s -> s.bytes("X", "1kB", 1_000))).contains("'" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "11", "-5", "five", "5.0", "0x5", "99999999999"})
  void refusesNumbersOutsideTheirRange(String text) {
    assertThat(problem(text, s -> s.number("X", 7, 1, 10)))
        .isEqualTo("COURTSIDE_X must be a whole number from 1 to 10, but is '" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "65536", "http"})
  void refusesOtherPorts(String text) {
    assertThat(problem(text, s -> s.port("X", 1))).contains("from 0 to 65535");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.example",
        "http://a.example",
        "wss://",
        "wss:///path",
        "wss://a b",
        "wss://a.example,",
        "wss://a.example;wss://b.example",
      })
  void refusesOtherAddresses(String text) {
    assertThat(problem(text, s -> s.uris("X", "wss://c.example", Set.of("wss", "ws"))))
        .isEqualTo(
            "COURTSIDE_X must be one or more addresses beginning with ws:// or wss://, but is '"
                + text
                + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "SLOW", "very_fast", "fast"})
  void refusesOtherChoices(String text) {
    assertThat(problem(text, s -> s.choice("X", Speed.SLOW)))
        .isEqualTo("COURTSIDE_X must be one of slow, very-fast, but is '" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yes", "TRUE", "1"})
  void refusesOtherFlags(String text) {
    assertThat(problem(text, s -> s.flag("X", true)))
        .isEqualTo("COURTSIDE_X must be true or false, but is '" + text + "'");
  }

  @Test
  void refusesPathsThatNoFileSystemHas() {
    assertThat(problem("a\0b", s -> s.path("X", "data"))).startsWith("COURTSIDE_X must be a path");
    assertThat(problem("", s -> s.path("X", "data"))).startsWith("COURTSIDE_X must be a path");
  }

  @Test
  void refusesAnEmptyTextButTakesItAsNoneWhereItMayBeLeftOut() {
    assertThat(problem("", s -> s.text("X", "a")))
        .isEqualTo("COURTSIDE_X must be a text, but is ''");
    assertRead("", s -> s.optionalText("X"), Optional.empty());
  }

  @Test
  void reportsAllProblemsAtOnce() {
    Settings settings =
        new Settings(
            SERVICE,
            Map.of(
                "COURTSIDE_LOG", "loud",
                "COURTSIDE_WAIT", "soon",
                "COURTSIDE_COUNT", "many",
                "COURTSIDE_FEED_API_PROT", "80",
                "COURTSIDE_DSIK", "20GB"));
    // A placeholder stands in for what cannot be read, so that the rest can be.
    assertThat(settings.duration("WAIT", "20s")).isEqualTo(Duration.ofSeconds(20));
    assertThat(settings.number("COUNT", 7, 1, 10)).isEqualTo(7);
    settings.check(true, "never said");
    settings.check(false, "COURTSIDE_A must be less than COURTSIDE_B");
    assertThat(invalid(settings.finish(SettingsTest::neverMade)))
        .containsExactly(
            "COURTSIDE_LOG must be one of error, warn, info, debug, but is 'loud'",
            "COURTSIDE_WAIT must be a duration such as 500ms, 20s, 10m, 3h or 28d, but is 'soon'",
            "COURTSIDE_COUNT must be a whole number from 1 to 10, but is 'many'",
            "COURTSIDE_A must be less than COURTSIDE_B",
            "COURTSIDE_DSIK is not a setting of this service",
            "COURTSIDE_FEED_API_PROT is not a setting of this service");
  }

  @Test
  void passesOverTheSettingsOfTheOtherServices() {
    Map<String, String> environment =
        Map.of(
            "COURTSIDE_INGESTOR_START", "1",
            "COURTSIDE_PROCESSOR_THREADS", "2",
            "COURTSIDE_FEED_API_PORT", "3");
    Settings feedApi = new Settings(SERVICE, environment);
    assertThat(feedApi.own("PORT")).isEqualTo("FEED_API_PORT");
    assertThat(feedApi.port(feedApi.own("PORT"), 8080)).isEqualTo(3);
    assertThat(valid(feedApi.finish(() -> "all")).effective())
        .containsOnlyKeys("COURTSIDE_LOG", "COURTSIDE_FEED_API_PORT");

    Settings ingestor = new Settings("ingestor", environment);
    assertThat(invalid(ingestor.finish(SettingsTest::neverMade)))
        .containsExactly("COURTSIDE_INGESTOR_START is not a setting of this service");
  }

  @ParameterizedTest
  @ValueSource(strings = {"error", "warn", "info", "debug"})
  void knowsTheLevelsOfTheLog(String level) {
    Settings settings = new Settings(SERVICE, Map.of("COURTSIDE_LOG", level));
    assertThat(valid(settings.finish(() -> "all")).effective())
        .containsExactly(Map.entry("COURTSIDE_LOG", level));
  }

  @Test
  void failsOnADefaultThatIsNone() {
    Settings settings = new Settings(SERVICE, Map.of());
    assertThatThrownBy(() -> settings.duration("WAIT", "soon"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the default of COURTSIDE_WAIT cannot be read");
  }

  private static <T> void assertRead(String text, Function<Settings, T> read, T expected) {
    Settings settings = new Settings(SERVICE, Map.of("COURTSIDE_X", text));
    T value = read.apply(settings);
    assertThat(valid(settings.finish(() -> value)).settings()).isEqualTo(expected);
  }

  private static String problem(String text, Function<Settings, ?> read) {
    Settings settings = new Settings(SERVICE, Map.of("COURTSIDE_X", text));
    var _ = read.apply(settings);
    List<String> problems = invalid(settings.finish(SettingsTest::neverMade));
    assertThat(problems).hasSize(1);
    return problems.getFirst();
  }

  private static String neverMade() {
    throw new AssertionError("settings with problems are not made");
  }

  private static <T> Reading.Valid<T> valid(Reading<T> reading) {
    return switch (reading) {
      case Reading.Valid<T> valid -> valid;
      case Reading.Invalid<T>(var problems) -> throw new AssertionError(problems.toString());
    };
  }

  private static List<String> invalid(Reading<?> reading) {
    return switch (reading) {
      case Reading.Valid<?> valid -> throw new AssertionError("no problem: " + valid);
      case Reading.Invalid<?>(var problems) -> problems;
    };
  }
}
