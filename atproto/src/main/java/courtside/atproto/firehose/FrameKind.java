package courtside.atproto.firehose;

import courtside.atproto.MalformedDataException;
import courtside.atproto.cbor.DagCborReader;

/** The kinds of message on the stream. A closed set: what is new is {@link #UNKNOWN}. */
public enum FrameKind {
  COMMIT("#commit"),
  SYNC("#sync"),
  IDENTITY("#identity"),
  ACCOUNT("#account"),
  INFO("#info"),
  /** An error frame, {@code op} -1; the server closes after it. */
  ERROR(""),
  /** Of a type, or an operation, that this version does not know. */
  UNKNOWN("");

  private final String type;

  FrameKind(String type) {
    this.type = type;
  }

  /**
   * The kind that a frame's header names; the body is not looked at.
   *
   * @throws MalformedDataException if the frame does not begin with a header
   */
  public static FrameKind of(byte[] frame) throws MalformedDataException {
    return FrameHeader.read(new DagCborReader(frame));
  }

  static FrameKind ofType(String type) {
    return switch (type) {
      case "#commit" -> COMMIT;
      case "#sync" -> SYNC;
      case "#identity" -> IDENTITY;
      case "#account" -> ACCOUNT;
      case "#info" -> INFO;
      default -> UNKNOWN;
    };
  }

  /** The header's {@code t}, or empty for those that have none of their own. */
  public String type() {
    return type;
  }
}
