package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;

/** How identifiers report text that is none. */
final class Syntax {
  private static final int QUOTED = 64;

  private Syntax() {}

  static String quote(String text) {
    return "'" + (text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "…") + "'";
  }

  static MalformedDataException malformed(String expected, String found) {
    return new MalformedDataException(
        MalformedDataException.Kind.BAD_IDENTIFIER,
        -1,
        "expected " + expected + ", found " + quote(found));
  }
}
