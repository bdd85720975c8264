package courtside.publish;

/** Something between here, the owner's server and the feed API is not as it has to be. */
public final class PublishException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String found;
  private final String todo;

  /** Says what was expected, what was found and what to do. */
  public PublishException(String message) {
    super(message);
    this.found = message;
    this.todo = "";
  }

  /** The same, by what it was found out. */
  public PublishException(String message, Throwable cause) {
    super(message, cause);
    this.found = message;
    this.todo = "";
  }

  /** The same, with what to do for itself. */
  PublishException(String found, String todo) {
    super(found + "; " + todo);
    this.found = found;
    this.todo = todo;
  }

  /** The same, by what it was found out. */
  PublishException(String found, String todo, Throwable cause) {
    super(found + "; " + todo, cause);
    this.found = found;
    this.todo = todo;
  }

  /** The same as a problem, to be put beside others. */
  public Problem problem() {
    return new Problem(found, todo);
  }
}
