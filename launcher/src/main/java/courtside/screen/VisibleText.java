package courtside.screen;

/**
 * Text from strangers, so that a terminal shows it and does nothing else: control characters of C0
 * and C1 and those that reverse or hide text are written as {@code \}{@code u001b}, which JSON
 * takes for the same character. Holds no state.
 *
 * @see <a href="https://www.unicode.org/reports/tr36/">Unicode security considerations</a>
 */
public final class VisibleText {
  private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
  private static final int ZERO_WIDTH_JOINER = 0x200d;

  private VisibleText() {}

  /** One line: line ends are made visible too. */
  public static String line(String text) {
    return visible(text, false);
  }

  /** Text of several lines: a line feed stays one. */
  public static String lines(String text) {
    return visible(text, true);
  }

  /**
   * One line of so many characters at most, with {@code …} where some are left out.
   *
   * @param most at least 1
   */
  public static String line(String text, int most) {
    // Each character becomes one at least, so that no more of it than this can be shown.
    int bound = Math.min(text.length(), 2 * most);
    String line = visible(text.substring(0, bound), false);
    if (bound == text.length() && line.codePointCount(0, line.length()) <= most) {
      return line;
    }
    int shown = Math.min(most - 1, line.codePointCount(0, line.length()));
    return line.substring(0, line.offsetByCodePoints(0, shown)) + "…";
  }

  private static String visible(String text, boolean keepsLines) {
    StringBuilder shown = new StringBuilder(text.length());
    for (int at = 0; at < text.length(); ) {
      int character = text.codePointAt(at);
      int next = at + Character.charCount(character);
      if ((keepsLines && character == '\n') || !acts(character)) {
        shown.appendCodePoint(character);
      } else {
        for (; at < next; at++) {
          shown.append(String.format("\\u%04x", (int) text.charAt(at)));
        }
      }
      at = next;
    }
    return shown.toString();
  }

  /** Whether a terminal might do anything with it but show it. */
  private static boolean acts(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      // Emoji and some scripts are written with these two.
      case Character.FORMAT -> character != ZERO_WIDTH_JOINER && character != ZERO_WIDTH_NON_JOINER;
      default -> false;
    };
  }
}
