package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;
import java.util.Locale;
import java.util.Set;

/**
 * The name that an account goes by: a domain name of at least two labels, at most 253 characters.
 * Case says nothing: the value is in lower case, whatever was given. A handle is a claim until its
 * domain names the DID and the DID names the handle. Immutable.
 *
 * @param value the normal form
 * @see <a href="https://atproto.com/specs/handle">Handle</a>
 */
public record Handle(String value) implements AtIdentifier, Comparable<Handle> {
  /** What stands for the handle of an account whose own does not hold. Reserved. */
  public static final Handle INVALID = new Handle("handle.invalid");

  private static final int MAX_LENGTH = 253;

  private static final Set<String> RESERVED =
      Set.of("alt", "arpa", "example", "internal", "invalid", "local", "localhost", "onion");

  /**
   * Takes text that is known to be right, in any case.
   *
   * @throws IllegalArgumentException if the text is no handle; for text from outside see {@link
   *     #parse}
   */
  public Handle {
    if (!isValid(value)) {
      throw Syntax.misused("a handle", value);
    }
    value = value.toLowerCase(Locale.ROOT);
  }

  /**
   * Parses text from outside, in any case.
   *
   * @throws MalformedDataException if the text is no handle
   */
  public static Handle parse(String text) throws MalformedDataException {
    if (!isValid(text)) {
      throw Syntax.malformed("a handle", text);
    }
    return new Handle(text);
  }

  /** Whether the text is a handle, reserved or not. */
  public static boolean isValid(String text) {
    if (text.length() > MAX_LENGTH) {
      return false;
    }
    int start = 0;
    for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', start)) {
      if (!Syntax.isLabel(text, start, dot)) {
        return false;
      }
      start = dot + 1;
    }
    // The last label must not look like the last number of an IP address.
    return start > 0
        && Syntax.isLabel(text, start, text.length())
        && Syntax.isLetter(text.charAt(start));
  }

  /** Whether its top-level domain is one under which no account can have a handle. */
  public boolean isReserved() {
    return RESERVED.contains(value.substring(value.lastIndexOf('.') + 1));
  }

  @Override
  public int compareTo(Handle other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
