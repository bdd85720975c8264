package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The name of a record type or method, such as {@code app.bsky.feed.post}. At most 317 characters,
 * case sensitive. Immutable.
 *
 * <p>Deliberate: the specification also limits the authority to 253 characters, but the
 * interoperability vectors, and so other implementations, accept a longer one.
 *
 * @see <a href="https://atproto.com/specs/nsid">NSID</a>
 */
public final class Nsid implements Comparable<Nsid> {
  /** Posts. */
  public static final Nsid POST = new Nsid("app.bsky.feed.post");

  private static final int MAX_LENGTH = 317;
  private static final int MAX_NAME_LENGTH = 63;

  private final String value;

  /**
   * Takes text that is known to be right.
   *
   * @throws IllegalArgumentException if the text is no NSID; for text from outside see {@link
   *     #parse}
   */
  public Nsid(String value) {
    this(value, isValid(value));
  }

  private Nsid(String value, boolean valid) {
    if (!valid) {
      throw Syntax.misused("an NSID", value);
    }
    this.value = value;
  }

  /**
   * Parses text from outside.
   *
   * @throws MalformedDataException if the text is no NSID
   */
  public static Nsid parse(String text) throws MalformedDataException {
    if (!isValid(text)) {
      throw Syntax.malformed("an NSID", text);
    }
    return new Nsid(text, true);
  }

  /** Whether the text is an NSID. */
  public static boolean isValid(String text) {
    if (text.length() > MAX_LENGTH) {
      return false;
    }
    int labels = 0;
    int start = 0;
    for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', start)) {
      if (!Syntax.isLabel(text, start, dot)) {
        return false;
      }
      labels++;
      start = dot + 1;
    }
    return labels >= 2 && Syntax.isLetter(text.charAt(0)) && isName(text, start);
  }

  /** Letters and digits, a letter first. */
  private static boolean isName(String text, int from) {
    int length = text.length() - from;
    if (length == 0 || length > MAX_NAME_LENGTH || !Syntax.isLetter(text.charAt(from))) {
      return false;
    }
    for (int i = from + 1; i < text.length(); i++) {
      if (!Syntax.isLetterOrDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** The text. */
  public String value() {
    return value;
  }

  /**
   * The domain name whose holder says what the NSID means, in the order and the lower case of
   * domain names: {@code feed.bsky.app} for {@code app.bsky.feed.post}.
   */
  public String authority() {
    String reversed = value.substring(0, value.lastIndexOf('.')).toLowerCase(Locale.ROOT);
    List<String> labels = Arrays.asList(reversed.split("\\."));
    Collections.reverse(labels);
    return String.join(".", labels);
  }

  /** The last segment: {@code post} of {@code app.bsky.feed.post}. */
  public String name() {
    return value.substring(value.lastIndexOf('.') + 1);
  }

  @Override
  public int compareTo(Nsid other) {
    return value.compareTo(other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Nsid that && value.equals(that.value);
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
