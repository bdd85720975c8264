package courtside.atproto.syntax;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Times as records carry them: the intersection of RFC 3339 and ISO 8601, with a zone. What their
 * writers claim may be any moment.
 *
 * @see <a href="https://atproto.com/specs/lexicon#datetime">datetime</a>
 */
public final class Datetime {
  private static final int MAX_LENGTH = 64;
  private static final Pattern SYNTAX =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})");
  private static final Pattern BEYOND_NANOS = Pattern.compile("(\\.[0-9]{9})[0-9]+");
  private static final DateTimeFormatter FORMAT =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendOffset("+HH:MM", "Z")
          .toFormatter()
          .withResolverStyle(ResolverStyle.STRICT);

  /** Where the zone takes a time to the year before, no datetime can say it in UTC. */
  private static final Instant YEAR_ZERO = Instant.parse("0000-01-01T00:00:00Z");

  private Datetime() {}

  /** The moment, to the nanosecond, or empty where the text is no datetime. */
  public static Optional<Instant> parse(String text) {
    if (text.length() > MAX_LENGTH || !SYNTAX.matcher(text).matches() || text.endsWith("-00:00")) {
      return Optional.empty();
    }
    try {
      String precise = BEYOND_NANOS.matcher(text).replaceFirst("$1");
      Instant moment = OffsetDateTime.parse(precise, FORMAT).toInstant();
      return moment.isBefore(YEAR_ZERO) ? Optional.empty() : Optional.of(moment);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
