package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;

/**
 * A decentralised identifier of any method, such as {@code did:plc:…}. At most 2,048 characters,
 * case sensitive. Immutable.
 *
 * @see <a href="https://atproto.com/specs/did">DID</a>
 */
public final class Did implements AtIdentifier, Comparable<Did> {
  private static final int MAX_LENGTH = 2048;
  private static final String SCHEME = "did:";

  private final String value;

  /**
   * Takes text that is known to be right.
   *
   * @throws IllegalArgumentException if the text is no DID; for text from outside see {@link
   *     #parse}
   */
  public Did(String value) {
    this(value, isValid(value));
  }

  private Did(String value, boolean valid) {
    if (!valid) {
      throw Syntax.misused("a DID", value);
    }
    this.value = value;
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
    return new Did(text, true);
  }

  /** Whether the text is a DID. */
  public static boolean isValid(String text) {
    int length = text.length();
    if (length > MAX_LENGTH || !text.startsWith(SCHEME)) {
      return false;
    }
    int methodEnd = SCHEME.length();
    while (methodEnd < length && Syntax.isLower(text.charAt(methodEnd))) {
      methodEnd++;
    }
    if (methodEnd == SCHEME.length() || methodEnd >= length || text.charAt(methodEnd) != ':') {
      return false;
    }
    for (int i = methodEnd + 1; i < length; i++) {
      if (!isAllowed(text.charAt(i))) {
        return false;
      }
    }
    // Where nothing follows the method, this is the colon after it.
    char last = text.charAt(length - 1);
    return last != ':' && last != '%';
  }

  private static boolean isAllowed(char c) {
    return Syntax.isLetterOrDigit(c) || c == '.' || c == '_' || c == ':' || c == '%' || c == '-';
  }

  /** The text. */
  @Override
  public String value() {
    return value;
  }

  @Override
  public int compareTo(Did other) {
    return value.compareTo(other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Did that && value.equals(that.value);
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
