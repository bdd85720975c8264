package courtside.rehearsal;

/** A service that did not live as it should. */
final class RehearsalException extends Exception {
  private static final long serialVersionUID = 1L;

  RehearsalException(String message) {
    super(message);
  }
}
