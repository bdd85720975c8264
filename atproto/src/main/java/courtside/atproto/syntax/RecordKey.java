package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;
import java.util.regex.Pattern;

/**
 * The last part of a record's path: 1 to 512 of {@code A-Za-z0-9._:~-}, neither {@code .} nor
 * {@code ..}; case sensitive. Immutable.
 *
 * @see <a href="https://atproto.com/specs/record-key">Record Key</a>
 */
public record RecordKey(String value) implements Comparable<RecordKey> {
  private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9._:~-]{1,512}");

  /**
   * Takes text that is known to be right.
   *
   * @throws IllegalArgumentException if the text is no record key; for text from outside see {@link
   *     #parse}
   */
  public RecordKey {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a record key: " + Syntax.quote(value));
    }
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
    return new RecordKey(text);
  }

  private static boolean isValid(String text) {
    return SYNTAX.matcher(text).matches() && !text.equals(".") && !text.equals("..");
  }

  @Override
  public int compareTo(RecordKey other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
