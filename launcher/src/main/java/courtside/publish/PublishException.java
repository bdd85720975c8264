package courtside.publish;

/** Something between here, the owner's server and the feed API is not as it has to be. */
public final class PublishException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says what was expected, what was found and what to do. */
  public PublishException(String message) {
    super(message);
  }

  /** The same, by what it was found out. */
  public PublishException(String message, Throwable cause) {
    super(message, cause);
  }
}
