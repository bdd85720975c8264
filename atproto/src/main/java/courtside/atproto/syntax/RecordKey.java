package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;

/**
 * The last part of a record's path: 1 to 512 of {@code A-Za-z0-9._:~-}, neither {@code .} nor
 * {@code ..}; case sensitive. Immutable.
 *
 * @see <a href="https://atproto.com/specs/record-key">Record Key</a>
 */
public final class RecordKey implements Comparable<RecordKey> {
  private static final int MAX_LENGTH = 512;

  private final String value;

  /**
   * Takes text that is known to be right.
   *
   * @throws IllegalArgumentException if the text is no record key; for text from outside see {@link
   *     #parse}
   */
  public RecordKey(String value) {
    this(value, isValid(value));
  }

  private RecordKey(String value, boolean valid) {
    if (!valid) {
      throw Syntax.misused("a record key", value);
    }
    this.value = value;
  }

  /**
   * Parses text from outside.
   *
   * @throws MalformedDataException if the text is no record key
   */
  public static RecordKey parse(String text) throws MalformedDataException {
    if (!isValid(text)) {
      throw Syntax.malformed("a record key", text);
    }
    return new RecordKey(text, true);
  }

  /** Whether the text is a record key. */
  public static boolean isValid(String text) {
    int length = text.length();
    if (length == 0 || length > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (!isAllowed(text.charAt(i))) {
        return false;
      }
    }
    return !text.equals(".") && !text.equals("..");
  }

  private static boolean isAllowed(char c) {
    return Syntax.isLetterOrDigit(c) || c == '.' || c == '_' || c == ':' || c == '~' || c == '-';
  }

  /** The text. */
  public String value() {
    return value;
  }

  @Override
  public int compareTo(RecordKey other) {
    return value.compareTo(other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordKey that && value.equals(that.value);
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
