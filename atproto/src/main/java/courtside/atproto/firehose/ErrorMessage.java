package courtside.atproto.firehose;

import courtside.atproto.MalformedDataException;
import java.util.Optional;

/**
 * An error frame, such as {@code FutureCursor} or {@code ConsumerTooSlow}, after which the server
 * closes. What is not text counts as absent. Immutable.
 *
 * @see <a href="https://atproto.com/specs/event-stream#framing">Event Stream, framing</a>
 */
public record ErrorMessage(Optional<String> error, Optional<String> message) implements Frame {
  /**
   * Reads a frame of kind {@link FrameKind#ERROR}.
   *
   * @throws MalformedDataException if it is none
   */
  public static ErrorMessage read(byte[] frame) throws MalformedDataException {
    Body body = Body.read(frame, FrameKind.ERROR);
    return new ErrorMessage(body.optionalText("error"), body.optionalText("message"));
  }

  @Override
  public FrameKind kind() {
    return FrameKind.ERROR;
  }
}
