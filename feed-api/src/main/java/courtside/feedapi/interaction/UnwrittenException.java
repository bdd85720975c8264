package courtside.feedapi.interaction;

/**
 * Interactions are not known to be written: some of them may be, and sending all of them again does
 * no harm. Has no stack trace: while Kafka is away there is one for each request.
 */
public final class UnwrittenException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why. Safe as a metric label. */
  public enum Reason {
    /** Kafka has not been found yet. */
    NOT_CONNECTED,
    /** Kafka does not answer, as one request before this has found and another is finding out. */
    AWAY,
    /** As many interactions are on their way as may be. */
    TOO_MANY,
    /** Kafka has not acknowledged them in time. */
    NOT_ACKNOWLEDGED,
    /** Kafka has refused them. */
    REFUSED,
    /** The process stops. */
    CLOSED,
  }

  private final Reason reason;

  UnwrittenException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
