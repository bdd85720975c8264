package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A time as records carry it: the intersection of RFC 3339 and ISO 8601, with a zone, at most 64
 * characters. Keeps the text as it was written. What its writer claims may be any moment.
 * Immutable.
 *
 * <p>Deliberate: a leap second ({@code :60}) is refused, as is an hour of 24; no other
 * implementation of the protocol has a moment for them. Digits after the ninth of a second are cut
 * off for the moment. A zone of up to 23:59 hours is taken, which {@link java.time.ZoneOffset} does
 * not. Moments before the year 0 are refused, as no datetime can say them in UTC.
 *
 * @see <a href="https://atproto.com/specs/lexicon#datetime">datetime</a>
 */
public final class Datetime implements Comparable<Datetime> {
  private static final int MIN_LENGTH = "1970-01-01T00:00:00Z".length();
  private static final int MAX_LENGTH = 64;
  private static final int FRACTION = "1970-01-01T00:00:00".length();
  private static final int OFFSET_LENGTH = "+00:00".length();
  private static final int NANO_DIGITS = 9;

  /** In place of an offset. */
  private static final int NONE = Integer.MIN_VALUE;

  private static final long YEAR_ZERO = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();

  private static final Comparator<Datetime> BY_MOMENT =
      Comparator.comparing(Datetime::moment).thenComparing(Datetime::toString);

  private final String text;
  private final Instant moment;

  private Datetime(String text, Instant moment) {
    this.text = text;
    this.moment = moment;
  }

  /**
   * Parses text from outside.
   *
   * @throws MalformedDataException if the text is no datetime
   */
  public static Datetime parse(String text) throws MalformedDataException {
    Instant moment = read(text);
    if (moment == null) {
      throw Syntax.malformed("a datetime", text);
    }
    return new Datetime(text, moment);
  }

  /**
   * The moment that the text names, to the nanosecond, or empty where the text is no datetime: for
   * records, which stand without one.
   */
  public static Optional<Instant> momentOf(String text) {
    return Optional.ofNullable(read(text));
  }

  /** The moment, to the nanosecond. */
  public Instant moment() {
    return moment;
  }

  /** By hand: this is read for every frame and every post, which patterns are too slow for. */
  private static @Nullable Instant read(String text) {
    if (text.length() < MIN_LENGTH
        || text.length() > MAX_LENGTH
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':') {
      return null;
    }
    int year = number(text, 0, 4, 9999);
    int month = number(text, 5, 2, 12);
    int day = number(text, 8, 2, 31);
    int hour = number(text, 11, 2, 23);
    int minute = number(text, 14, 2, 59);
    int second = number(text, 17, 2, 59);
    if ((year | hour | minute | second) < 0
        || month <= 0
        || day <= 0
        || day > YearMonth.of(year, month).lengthOfMonth()) {
      return null;
    }
    int zone = fractionEnd(text);
    int offset = offsetSeconds(text, zone);
    if (zone == FRACTION + 1 || offset == NONE) {
      return null;
    }
    long seconds =
        LocalDate.of(year, month, day).toEpochDay() * 86_400
            + (hour * 60L + minute) * 60
            + second
            - offset;
    return seconds < YEAR_ZERO ? null : Instant.ofEpochSecond(seconds, nanos(text, zone));
  }

  /** The number that digits are; negative where they are none, or more than the most. */
  private static int number(String text, int from, int digits, int most) {
    int value = 0;
    for (int i = from; i < from + digits; i++) {
      char c = text.charAt(i);
      if (!Syntax.isDigit(c)) {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value <= most ? value : -1;
  }

  /** Where the fraction of a second ends; right after its point where it has no digit. */
  private static int fractionEnd(String text) {
    int at = FRACTION;
    if (text.charAt(at) == '.') {
      at++;
      while (at < text.length() && Syntax.isDigit(text.charAt(at))) {
        at++;
      }
    }
    return at;
  }

  private static int nanos(String text, int fractionEnd) {
    int nanos = 0;
    for (int digit = 0; digit < NANO_DIGITS; digit++) {
      int at = FRACTION + 1 + digit;
      nanos = nanos * 10 + (at < fractionEnd ? text.charAt(at) - '0' : 0);
    }
    return nanos;
  }

  /** How far the zone is ahead of UTC, or {@link #NONE} where the rest is no zone. */
  private static int offsetSeconds(String text, int from) {
    int length = text.length() - from;
    if (length == 1 && text.charAt(from) == 'Z') {
      return 0;
    }
    if (length != OFFSET_LENGTH || text.charAt(from + 3) != ':') {
      return NONE;
    }
    int hours = number(text, from + 1, 2, 23);
    int minutes = number(text, from + 4, 2, 59);
    if (hours < 0 || minutes < 0) {
      return NONE;
    }
    int offset = (hours * 60 + minutes) * 60;
    return switch (text.charAt(from)) {
      case '+' -> offset;
      // RFC 3339 has -00:00 for a zone that is not known, ISO 8601 does not.
      case '-' -> offset == 0 ? NONE : -offset;
      default -> NONE;
    };
  }

  /** By moment, then by text. */
  @Override
  public int compareTo(Datetime other) {
    return BY_MOMENT.compare(this, other);
  }

  /** Whether the text is the same. The same moment can be written in many ways. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Datetime that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The text as it was written. */
  @Override
  public String toString() {
    return text;
  }
}
