package courtside.atproto.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import courtside.atproto.MalformedDataException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DatetimeTest {
  private static final long SEED = 20_260_824L;

  @ParameterizedTest
  @CsvSource({
    "2026-01-02T03:04:05Z, 2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05+01:30, 2026-01-02T01:34:05Z",
    "2026-01-02T03:04:05-01:30, 2026-01-02T04:34:05Z",
    "2026-01-02T03:04:05+00:00, 2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05.123456789123Z, 2026-01-02T03:04:05.123456789Z",
    "2026-01-02T03:04:05.9999999999Z, 2026-01-02T03:04:05.999999999Z",
    "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z",
    "2000-02-29T00:00:00Z, 2000-02-29T00:00:00Z",
    "1969-12-31T23:59:59.5Z, 1969-12-31T23:59:59.500Z",
    "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z",
    "0000-01-01T00:00:00-23:59, 0000-01-01T23:59:00Z",
    "0000-01-01T23:59:00+23:59, 0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z, 9999-12-31T23:59:59.999999999Z",
    // Beyond what ZoneOffset takes.
    "2026-01-02T03:04:05+18:01, 2026-01-01T09:03:05Z",
    "2026-01-02T03:04:05-23:59, 2026-01-03T03:03:05Z",
  })
  void keepsTheTextAndGivesTheMoment(String text, Instant moment) throws MalformedDataException {
    Datetime datetime = Datetime.parse(text);
    assertThat(datetime).hasToString(text);
    assertThat(datetime.moment()).isEqualTo(moment);
    assertThat(Datetime.momentOf(text)).hasValue(moment);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-01-02T03:04:05",
        "2026-01-02T03:04:05.",
        "2026-01-02T03:04:05.5",
        "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05ZZ",
        "2026-01-02T03:04:05.5-00:00",
        "2026-01-02T03:04:05+24:00",
        "2026-01-02T03:04:05+00:60",
        "2026-01-02T03:04:05\u221201:00", // a minus sign that is not a hyphen
        "2026-01-02T03:04:05+01:00Z",
        "2026-01-02T03:04:60Z", // a leap second that was none
        "2016-12-31T23:59:60Z", // one that was
        "2026-01-02T24:00:00Z",
        "2026-01-02T03:60:00Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-06-00T00:00:00Z",
        "0000-01-01T23:58:59+23:59",
        "\u0662026-01-02T03:04:05Z", // a digit of another script
        "2026-01-02T03:04:05.\u0662Z"
      })
  void refusesOthers(String text) {
    assertThat(Datetime.momentOf(text)).isEmpty();
    assertThatThrownBy(() -> Datetime.parse(text)).isInstanceOf(MalformedDataException.class);
  }

  @Test
  void isNoLongerThanItsLimit() {
    String longest = "2026-01-02T03:04:05." + "1".repeat(43) + "Z";
    assertThat(longest).hasSize(64);
    assertThat(Datetime.momentOf(longest)).isPresent();
    assertThat(Datetime.momentOf(longest.replace("Z", "1Z"))).isEmpty();
  }

  @Test
  void comparesByMomentAndThenByText() throws MalformedDataException {
    Datetime utc = Datetime.parse("2026-01-02T03:04:05Z");
    Datetime elsewhere = Datetime.parse("2026-01-02T01:04:05-02:00");
    Datetime later = Datetime.parse("2026-01-02T01:04:05.1-02:00");
    assertThat(elsewhere.moment()).isEqualTo(utc.moment());
    assertThat(elsewhere).isNotEqualTo(utc).isLessThan(utc);
    assertThat(later).isGreaterThan(utc);
    assertThat(Datetime.parse(utc.toString()))
        .isEqualTo(utc)
        .isEqualByComparingTo(utc)
        .hasSameHashCodeAs(utc);
  }

  /** Written again with what the platform has, which is too slow for every frame. */
  @Test
  void agreesWithThePlatformWhereThatHasAnAnswer() {
    Random random = new Random(SEED);
    int read = 0;
    for (int i = 0; i < 100_000; i++) {
      String text = Mutants.mutate(drawn(random), random, random.nextInt(3));
      Optional<Instant> moment = Platform.momentOf(text);
      if (!Datetime.momentOf(text).equals(moment)) {
        fail("seed %d, round %d: the platform says %s of '%s'", SEED, i, moment, text);
      }
      read += moment.isPresent() ? 1 : 0;
    }
    // Or one side was never compared.
    assertThat(read).isBetween(20_000, 80_000);
  }

  private static String drawn(Random random) {
    return String.format(
        "%04d-%02d-%02dT%02d:%02d:%02d%s%s",
        random.nextInt(10) == 0 ? random.nextInt(3) : random.nextInt(10_000),
        random.nextInt(50) == 0 ? random.nextInt(20) : 1 + random.nextInt(12),
        random.nextInt(50) == 0 ? random.nextInt(40) : 1 + random.nextInt(31),
        random.nextInt(25),
        random.nextInt(60),
        random.nextInt(20) == 0 ? random.nextInt(70) : random.nextInt(60),
        random.nextBoolean() ? "" : "." + "1234567890123456789".substring(random.nextInt(19)),
        random.nextBoolean()
            ? "Z"
            : String.format(
                "%s%02d:%02d",
                random.nextBoolean() ? "+" : "-",
                random.nextInt(26),
                random.nextInt(20) == 0 ? random.nextInt(100) : random.nextInt(60)));
  }

  private static final class Platform {
    private static final Pattern SYNTAX =
        Pattern.compile(
            "([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,9})?)[0-9]*"
                + "(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))");
    private static final Pattern DIGIT_AFTER_SECONDS = Pattern.compile(".{19}[0-9].*");
    private static final DateTimeFormatter FORMAT =
        new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendOffsetId()
            .toFormatter()
            .withResolverStyle(ResolverStyle.STRICT);

    static Optional<Instant> momentOf(String text) {
      var matcher = SYNTAX.matcher(text);
      if (!matcher.matches()
          || text.length() > 64
          || text.endsWith("-00:00")
          || DIGIT_AFTER_SECONDS.matcher(text).matches()) {
        return Optional.empty();
      }
      try {
        Instant local = OffsetDateTime.parse(matcher.group(1) + "Z", FORMAT).toInstant();
        long offset =
            matcher.group(2) == null
                ? 0
                : (Long.parseLong(matcher.group(3)) * 60 + Long.parseLong(matcher.group(4))) * 60;
        Instant moment = local.minusSeconds("-".equals(matcher.group(2)) ? -offset : offset);
        return moment.isBefore(Instant.parse("0000-01-01T00:00:00Z"))
            ? Optional.empty()
            : Optional.of(moment);
      } catch (DateTimeException e) {
        return Optional.empty();
      }
    }
  }
}
