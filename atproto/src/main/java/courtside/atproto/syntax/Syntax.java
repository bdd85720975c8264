package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;

/** What the identifiers have in common: their characters, and how they report text that is none. */
final class Syntax {
  private static final int QUOTED = 64;
  private static final int MAX_LABEL_LENGTH = 63;

  private Syntax() {}

  static boolean isLower(char c) {
    return c >= 'a' && c <= 'z';
  }

  static boolean isLetter(char c) {
    return isLower(c) || (c >= 'A' && c <= 'Z');
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isLetterOrDigit(char c) {
    return isLetter(c) || isDigit(c);
  }

  /** Whether the range is a label of a domain name: letters, digits, and hyphens inside. */
  static boolean isLabel(String text, int from, int to) {
    if (to <= from
        || to - from > MAX_LABEL_LENGTH
        || text.charAt(from) == '-'
        || text.charAt(to - 1) == '-') {
      return false;
    }
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!isLetterOrDigit(c) && c != '-') {
        return false;
      }
    }
    return true;
  }

  static String quote(String text) {
    return "'" + (text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "…") + "'";
  }

  static MalformedDataException malformed(String expected, String found) {
    return new MalformedDataException(
        MalformedDataException.Kind.BAD_IDENTIFIER,
        -1,
        "expected " + expected + ", found " + quote(found));
  }

  static IllegalArgumentException misused(String expected, String found) {
    return new IllegalArgumentException("expected " + expected + ", found " + quote(found));
  }
}
