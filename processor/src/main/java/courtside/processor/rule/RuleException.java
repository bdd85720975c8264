package courtside.processor.rule;

/**
 * A rule cannot be used. The message says what was found and what was expected, on one line and
 * bounded. Has no stack trace: it is about somebody's text, not about this code.
 */
public final class RuleException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String message;
  private final int offset;

  RuleException(int offset, String message) {
    super(message, null, false, false);
    this.message = message;
    this.offset = offset;
  }

  @Override
  public String getMessage() {
    return message;
  }

  /** Where in the rule's text, in characters from its start; -1 where that says nothing. */
  public int offset() {
    return offset;
  }
}
