package courtside.processor.rule;

/**
 * Whether a post belongs to feeds cannot be told: matching it fails, and would again. The cause
 * says where. Other posts are not concerned.
 */
public final class UnmatchableException extends Exception {
  private static final long serialVersionUID = 1L;

  public UnmatchableException(String message, Throwable cause) {
    super(message, cause);
  }
}
