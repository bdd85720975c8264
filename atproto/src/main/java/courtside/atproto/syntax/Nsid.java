package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;
import java.util.regex.Pattern;

/**
 * The name of a record type or method, such as {@code app.bsky.feed.post}. At most 317 characters.
 * Immutable.
 *
 * <p>Deliberate: the specification also limits the authority to 253 characters, but the
 * interoperability vectors, and so other implementations, accept a longer one.
 *
 * @see <a href="https://atproto.com/specs/nsid">NSID</a>
 */
public record Nsid(String value) implements Comparable<Nsid> {
  private static final int MAX_LENGTH = 317;
  private static final Pattern SYNTAX =
      Pattern.compile(
          "[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
              + "(\\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+"
              + "(\\.[a-zA-Z]([a-zA-Z0-9]{0,62})?)");

  /** Posts. Stands after the syntax, which it is checked against. */
  public static final Nsid POST = new Nsid("app.bsky.feed.post");

  /**
   * Takes text that is known to be right.
   *
   * @throws IllegalArgumentException if the text is no NSID; for text from outside see {@link
   *     #parse}
   */
  public Nsid {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not an NSID: " + Syntax.quote(value));
    }
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
    return new Nsid(text);
  }

  private static boolean isValid(String text) {
    return text.length() <= MAX_LENGTH && SYNTAX.matcher(text).matches();
  }

  @Override
  public int compareTo(Nsid other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
