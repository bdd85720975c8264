package courtside.processor.rule;

import org.apache.lucene.queryparser.classic.ParseException;

/**
 * What a regular expression may be, told from its text alone, before anything is made of it.
 * Reading one, and making an automaton of it, are recursive in what nests; each operator upon
 * another may double the automaton, and counted repetitions multiply it.
 */
final class RegexpBounds {
  private static final int MOST_DIGITS = 4;

  private RegexpBounds() {}

  /**
   * Checks an expression, without the slashes around it.
   *
   * @throws ParseException if it is out of bounds
   */
  static void check(String expression) throws ParseException {
    int length = expression.length();
    if (length > Rule.MAX_REGEXP_LENGTH) {
      throw new ParseException(
          "expected a regular expression of at most "
              + Rule.MAX_REGEXP_LENGTH
              + " characters, found "
              + length);
    }
    int depth = 0;
    long repetitions = 1;
    boolean repeated = false;
    for (int i = 0; i < length; i++) {
      char c = expression.charAt(i);
      boolean repeats = "*+?{".indexOf(c) >= 0;
      if (repeats && repeated) {
        throw new ParseException(
            "expected one of * + ? { after a part of a regular expression, found two in '"
                + Rule.bounded(expression)
                + "'");
      }
      repeated = repeats;
      switch (c) {
        case '\\' -> i++;
        case '[' -> i = endOf(']', expression, i);
        case '"' -> i = endOf('"', expression, i);
        case '{' -> {
          int end = endOf('}', expression, i);
          repetitions *= most(expression.substring(i + 1, end));
          i = end;
        }
        case '(' -> depth++;
        case ')' -> depth--;
        default -> {
          // Neither nests nor repeats anything.
        }
      }
      if (depth > Rule.MAX_REGEXP_DEPTH) {
        throw new ParseException(
            "expected parentheses in a regular expression nested at most "
                + Rule.MAX_REGEXP_DEPTH
                + " deep");
      }
      if (repetitions > Rule.MAX_REGEXP_REPETITIONS) {
        throw new ParseException(
            "expected counted repetitions in a regular expression that multiply to at most "
                + Rule.MAX_REGEXP_REPETITIONS
                + ", found more in '"
                + Rule.bounded(expression)
                + "'");
      }
    }
  }

  /** The greatest number in a count such as {@code 2,5}; 1 where there is none. */
  private static long most(String count) {
    long most = 1;
    for (String number : count.split(",", -1)) {
      String digits = number.strip();
      if (digits.chars().allMatch(c -> c >= '0' && c <= '9') && !digits.isEmpty()) {
        most =
            Math.max(
                most,
                digits.length() > MOST_DIGITS
                    ? Rule.MAX_REGEXP_REPETITIONS + 1L
                    : Integer.parseInt(digits));
      }
    }
    return most;
  }

  /** Where what begins at {@code from} is closed; the end where it is not, which Lucene refuses. */
  private static int endOf(char closing, String expression, int from) {
    for (int i = from + 1; i < expression.length(); i++) {
      char c = expression.charAt(i);
      if (c == '\\' && closing == ']') {
        i++;
      } else if (c == closing) {
        return i;
      }
    }
    return expression.length();
  }
}
