package courtside.atproto.firehose;

import courtside.atproto.MalformedDataException;

/**
 * A frame of a type, or with an operation, that this version does not know: to be passed over, and
 * no error. Its body is checked to be canonical. Immutable.
 *
 * @see <a href="https://atproto.com/specs/event-stream#framing">Event Stream, framing</a>
 */
public record UnknownMessage() implements Frame {
  /**
   * Reads a frame of kind {@link FrameKind#UNKNOWN}.
   *
   * @throws MalformedDataException if it is none
   */
  public static UnknownMessage read(byte[] frame) throws MalformedDataException {
    Body.read(frame, FrameKind.UNKNOWN);
    return new UnknownMessage();
  }

  @Override
  public FrameKind kind() {
    return FrameKind.UNKNOWN;
  }
}
