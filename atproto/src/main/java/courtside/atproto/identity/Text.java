package courtside.atproto.identity;

/** How messages quote what was found. */
final class Text {
  private static final int QUOTED = 64;

  private Text() {}

  static String quote(String text) {
    return "'" + (text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "…") + "'";
  }
}
