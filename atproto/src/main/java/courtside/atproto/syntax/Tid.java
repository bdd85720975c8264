package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/**
 * A timestamp identifier: 13 characters whose lexicographic order is the order of time. Repository
 * revisions are TIDs. Immutable.
 *
 * @see <a href="https://atproto.com/specs/tid">TID</a>
 */
public record Tid(String value) implements Comparable<Tid> {
  private static final String ALPHABET = "234567abcdefghijklmnopqrstuvwxyz";
  private static final Pattern SYNTAX =
      Pattern.compile("[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}");
  private static final int CLOCK_ID_BITS = 10;

  /**
   * Takes text that is known to be right.
   *
   * @throws IllegalArgumentException if the text is no TID; for text from outside see {@link
   *     #parse}
   */
  public Tid {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a TID: " + Syntax.quote(value));
    }
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
    return new Tid(text);
  }

  /** Whether the text is a TID. */
  public static boolean isValid(String text) {
    return SYNTAX.matcher(text).matches();
  }

  /** The TID of a moment, to the microsecond, with the given clock id (0 to 1,023). */
  public static Tid at(Instant time, int clockId) {
    long bits =
        (ChronoUnit.MICROS.between(Instant.EPOCH, time) << CLOCK_ID_BITS) | (clockId & 0x3ff);
    char[] text = new char[13];
    for (int i = 12; i >= 0; i--) {
      text[i] = ALPHABET.charAt((int) (bits & 31));
      bits >>>= 5;
    }
    return new Tid(new String(text));
  }

  /** The moment it names, to the microsecond. Its writer chose it: never trust it as a fact. */
  public Instant time() {
    long bits = 0;
    for (int i = 0; i < value.length(); i++) {
      bits = (bits << 5) | ALPHABET.indexOf(value.charAt(i));
    }
    return Instant.EPOCH.plus(bits >>> CLOCK_ID_BITS, ChronoUnit.MICROS);
  }

  @Override
  public int compareTo(Tid other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
