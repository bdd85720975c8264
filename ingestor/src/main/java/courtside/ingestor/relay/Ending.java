package courtside.ingestor.relay;

/**
 * How a connection, or the attempt to make one, ended. Immutable.
 *
 * @param detail for people, bounded
 */
public record Ending(Reason reason, String detail) {
  private static final int MAX_DETAIL = 200;

  /** Cuts the detail, which may come from the relay. */
  public Ending {
    detail = detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL) + "…";
  }

  /** Why. A closed set, safe as a metric label. */
  public enum Reason {
    /** No address, no route, or nobody listening. */
    UNREACHABLE,
    /**
     * TLS came to nothing: no trust in the certificate, a protocol too old, or a broken handshake.
     */
    TLS,
    /** The dial took longer than its deadline. */
    DIAL_TIMEOUT,
    /** The relay answered the upgrade with an HTTP error that may pass. */
    REFUSED,
    /** The relay answered that the request is wrong: asking soon again is no use. */
    REJECTED,
    /** The relay closed the WebSocket. */
    CLOSED,
    /** The socket ended without a close frame. */
    BROKEN,
    /** The relay announced more than is taken. */
    TOO_LARGE,
    /** The relay sent what is no WebSocket. */
    PROTOCOL,
    /** The socket was open and no frame came. */
    STALLED,
    /** This process does not want to read any more. */
    STOPPED,
  }

  /** Whether to wait as long as possible before the next dial. */
  boolean asksForPatience() {
    return reason == Reason.REJECTED;
  }
}
