package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A BCP 47 language tag, such as {@code ja} or {@code pt-BR}: well formed, with no variant and no
 * extension twice. Whether its subtags are registered is not looked up. At most 128 characters; the
 * text stays as it was written, and equality is the text's. Immutable.
 *
 * <p>Deliberate: the protocol asks for a primary subtag of two or three lower-case letters. BCP 47
 * would also take capitals, and four to eight letters, of which it has registered none.
 *
 * @see <a href="https://atproto.com/specs/lexicon#language">language</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5646#section-2.1">RFC 5646, section 2.1</a>
 */
public record Language(String value) implements Comparable<Language> {
  private static final int MAX_LENGTH = 128;

  /** The registered tags that the grammar alone does not allow. */
  private static final Set<String> IRREGULAR =
      Set.of(
          "en-gb-oed",
          "i-ami",
          "i-bnn",
          "i-default",
          "i-enochian",
          "i-hak",
          "i-klingon",
          "i-lux",
          "i-mingo",
          "i-navajo",
          "i-pwn",
          "i-tao",
          "i-tay",
          "i-tsu",
          "sgn-be-fr",
          "sgn-be-nl",
          "sgn-ch-de");

  /**
   * Takes text that is known to be right.
   *
   * @throws IllegalArgumentException if the text is no language tag; for text from outside see
   *     {@link #parse}
   */
  public Language {
    if (!isValid(value)) {
      throw Syntax.misused("a language tag", value);
    }
  }

  /**
   * Parses text from outside.
   *
   * @throws MalformedDataException if the text is no language tag
   */
  public static Language parse(String text) throws MalformedDataException {
    if (!isValid(text)) {
      throw Syntax.malformed("a language tag", text);
    }
    return new Language(text);
  }

  /** Whether the text is a language tag. */
  public static boolean isValid(String text) {
    if (text.length() > MAX_LENGTH) {
      return false;
    }
    // Here, before case is put aside: beyond ASCII, there is a sign whose lower case is a k.
    if (!text.chars().allMatch(c -> Syntax.isLetterOrDigit((char) c) || c == '-')) {
      return false;
    }
    return new Subtags(text).isTag()
        || (IRREGULAR.contains(lower(text)) && Syntax.isLower(text.charAt(0)));
  }

  /**
   * The primary language subtag, two or three lower-case letters: {@code pt} of {@code pt-BR}.
   * Absent where the tag has none: {@code x-…}, which is for private use, and {@code i-…}.
   */
  public Optional<String> primary() {
    int end = value.indexOf('-');
    String first = end < 0 ? value : value.substring(0, end);
    return first.length() == 1 ? Optional.empty() : Optional.of(first);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  @Override
  public int compareTo(Language other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }

  /** Goes through the subtags of one tag, by the grammar. */
  private static final class Subtags {
    private final String[] subtags;
    private int at;

    Subtags(String text) {
      subtags = text.split("-", -1);
    }

    boolean isTag() {
      if (subtags[0].equalsIgnoreCase("x")) {
        return privateUse();
      }
      if (!language()) {
        return false;
      }
      extendedLanguage();
      if (is(4, 4) && isLetters()) {
        at++; // A script.
      }
      if (is(2, 2) ? isLetters() : is(3, 3) && isDigits()) {
        at++; // A region.
      }
      return variants() && extensions() && (at == subtags.length || privateUse());
    }

    private boolean language() {
      boolean language = is(2, 3) && subtags[at].chars().allMatch(c -> Syntax.isLower((char) c));
      at++;
      return language;
    }

    private void extendedLanguage() {
      for (int i = 0; i < 3 && is(3, 3) && isLetters(); i++) {
        at++;
      }
    }

    private boolean variants() {
      Set<String> seen = new HashSet<>();
      while (is(5, 8) || (is(4, 4) && Syntax.isDigit(subtags[at].charAt(0)))) {
        if (!seen.add(lower(subtags[at]))) {
          return false;
        }
        at++;
      }
      return true;
    }

    private boolean extensions() {
      Set<String> seen = new HashSet<>();
      while (is(1, 1) && !subtags[at].equalsIgnoreCase("x")) {
        if (!seen.add(lower(subtags[at]))) {
          return false;
        }
        at++;
        if (!is(2, 8)) {
          return false;
        }
        while (is(2, 8)) {
          at++;
        }
      }
      return true;
    }

    /** The rest is an x and at least one subtag. */
    private boolean privateUse() {
      if (!is(1, 1) || !subtags[at].equalsIgnoreCase("x")) {
        return false;
      }
      at++;
      int first = at;
      while (is(1, 8)) {
        at++;
      }
      return at > first && at == subtags.length;
    }

    /** Whether a subtag of such a length comes next. */
    private boolean is(int least, int most) {
      return at < subtags.length && subtags[at].length() >= least && subtags[at].length() <= most;
    }

    private boolean isLetters() {
      return subtags[at].chars().allMatch(c -> Syntax.isLetter((char) c));
    }

    private boolean isDigits() {
      return subtags[at].chars().allMatch(c -> Syntax.isDigit((char) c));
    }
  }
}
