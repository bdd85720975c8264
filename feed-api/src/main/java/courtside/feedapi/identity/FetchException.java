package courtside.feedapi.identity;

/** A fetch that is given up, on its way through the client. Has no stack trace: it is no news. */
final class FetchException extends Exception {
  private static final long serialVersionUID = 1L;

  private final KeyFailure reason;

  FetchException(KeyFailure reason) {
    super(reason.label(), null, false, false);
    this.reason = reason;
  }

  KeyFailure reason() {
    return reason;
  }
}
