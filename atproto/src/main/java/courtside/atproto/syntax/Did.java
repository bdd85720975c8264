package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;
import java.util.regex.Pattern;

/**
 * A decentralised identifier of any method, such as {@code did:plc:…}. At most 2,048 characters,
 * case sensitive. Immutable.
 *
 * @see <a href="https://atproto.com/specs/did">DID</a>
 */
public record Did(String value) implements Comparable<Did> {
  private static final int MAX_LENGTH = 2048;
  private static final Pattern SYNTAX =
      Pattern.compile("did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]");

  /**
   * Takes text that is known to be right.
   *
   * @throws IllegalArgumentException if the text is no DID; for text from outside see {@link
   *     #parse}
   */
  public Did {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a DID: " + Syntax.quote(value));
    }
  }

  /**
   * Parses text from outside.
   *
   * @throws MalformedDataException if the text is no DID
   */
  public static Did parse(String text) throws MalformedDataException {
    if (!isValid(text)) {
      throw Syntax.malformed("a DID", text);
    }
    return new Did(text);
  }

  /** Whether the text is a DID. */
  public static boolean isValid(String text) {
    return text.length() <= MAX_LENGTH && SYNTAX.matcher(text).matches();
  }

  @Override
  public int compareTo(Did other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
