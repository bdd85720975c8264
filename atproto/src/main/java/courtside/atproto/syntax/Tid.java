package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A timestamp identifier: 13 characters whose lexicographic order is the order of time. Repository
 * revisions are TIDs. Immutable.
 *
 * @see <a href="https://atproto.com/specs/tid">TID</a>
 */
public final class Tid implements Comparable<Tid> {
  private static final String ALPHABET = "234567abcdefghijklmnopqrstuvwxyz";
  private static final int LENGTH = 13;
  private static final int CLOCK_ID_BITS = 10;
  private static final int MAX_CLOCK_ID = (1 << CLOCK_ID_BITS) - 1;

  /** The first moment that 53 bits of microseconds cannot say. The syntax has room for one more. */
  private static final Instant END = Instant.EPOCH.plus(1L << 53, ChronoUnit.MICROS);

  private final String value;

  /**
   * Takes text that is known to be right.
   *
   * @throws IllegalArgumentException if the text is no TID; for text from outside see {@link
   *     #parse}
   */
  public Tid(String value) {
    this(value, isValid(value));
  }

  private Tid(String value, boolean valid) {
    if (!valid) {
      throw Syntax.misused("a TID", value);
    }
    this.value = value;
  }

  /**
   * Parses text from outside.
   *
   * @throws MalformedDataException if the text is no TID
   */
  public static Tid parse(String text) throws MalformedDataException {
    if (!isValid(text)) {
      throw Syntax.malformed("a TID", text);
    }
    return new Tid(text, true);
  }

  /** Whether the text is a TID. */
  public static boolean isValid(String text) {
    // The first digit holds four bits, not five, or the 65th would be set.
    if (text.length() != LENGTH || text.charAt(0) > 'j') {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(i);
      if (!Syntax.isLower(c) && (c < '2' || c > '7')) {
        return false;
      }
    }
    return true;
  }

  /**
   * The TID of a moment, to the microsecond, with the given clock id (0 to 1,023).
   *
   * @throws IllegalArgumentException if the moment is before 1970, or in the year 2255 after the
   *     last that a TID can say
   */
  public static Tid at(Instant time, int clockId) {
    if (time.isBefore(Instant.EPOCH) || !time.isBefore(END)) {
      throw new IllegalArgumentException("expected a moment of 1970 to 2255, found " + time);
    }
    long bits =
        (ChronoUnit.MICROS.between(Instant.EPOCH, time) << CLOCK_ID_BITS)
            | (clockId & MAX_CLOCK_ID);
    char[] text = new char[LENGTH];
    for (int i = LENGTH - 1; i >= 0; i--) {
      text[i] = ALPHABET.charAt((int) (bits & 31));
      bits >>>= 5;
    }
    return new Tid(new String(text), true);
  }

  /** The moment it names, to the microsecond. Its writer chose it: never trust it as a fact. */
  public Instant time() {
    return Instant.EPOCH.plus(bits() >>> CLOCK_ID_BITS, ChronoUnit.MICROS);
  }

  /** Which of several writers within one microsecond made it, 0 to 1,023; mostly drawn. */
  public int clockId() {
    return (int) bits() & MAX_CLOCK_ID;
  }

  private long bits() {
    long bits = 0;
    for (int i = 0; i < LENGTH; i++) {
      char c = value.charAt(i);
      bits = (bits << 5) | (c >= 'a' ? c - 'a' + 6 : c - '2');
    }
    return bits;
  }

  /** The text. */
  public String value() {
    return value;
  }

  @Override
  public int compareTo(Tid other) {
    return value.compareTo(other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tid that && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
