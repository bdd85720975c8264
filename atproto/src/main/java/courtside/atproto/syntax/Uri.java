package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;
import java.util.Locale;

/**
 * A URI of any scheme: the scheme, a colon, and at least one more character, all of visible ASCII;
 * at most 8,192 characters. Nothing is said of what follows the scheme. Immutable.
 *
 * @see <a href="https://atproto.com/specs/lexicon#uri">uri</a>
 */
public record Uri(String value) implements Comparable<Uri> {
  private static final int MAX_LENGTH = 8192;

  /**
   * Takes text that is known to be right.
   *
   * @throws IllegalArgumentException if the text is no URI; for text from outside see {@link
   *     #parse}
   */
  public Uri {
    if (!isValid(value)) {
      throw Syntax.misused("a URI", value);
    }
  }

  /**
   * Parses text from outside.
   *
   * @throws MalformedDataException if the text is no URI
   */
  public static Uri parse(String text) throws MalformedDataException {
    if (!isValid(text)) {
      throw Syntax.malformed("a URI", text);
    }
    return new Uri(text);
  }

  /** Whether the text is a URI. */
  public static boolean isValid(String text) {
    int colon = text.indexOf(':');
    if (text.length() > MAX_LENGTH
        || colon <= 0
        || colon == text.length() - 1
        || !Syntax.isLetter(text.charAt(0))) {
      return false;
    }
    for (int i = 1; i < colon; i++) {
      char c = text.charAt(i);
      if (!Syntax.isLetterOrDigit(c) && c != '+' && c != '-' && c != '.') {
        return false;
      }
    }
    for (int i = colon + 1; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  /** The scheme, in lower case, without the colon. */
  public String scheme() {
    return value.substring(0, value.indexOf(':')).toLowerCase(Locale.ROOT);
  }

  @Override
  public int compareTo(Uri other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
