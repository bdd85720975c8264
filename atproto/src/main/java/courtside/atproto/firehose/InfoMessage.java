package courtside.atproto.firehose;

import courtside.atproto.MalformedDataException;
import java.util.Optional;

/**
 * An #info: something about the stream itself, such as {@code OutdatedCursor}. What is not text
 * counts as absent. Immutable.
 *
 * @see <a href="https://atproto.com/specs/sync#firehose">subscribeRepos, info</a>
 */
public record InfoMessage(Optional<String> name, Optional<String> message) implements Frame {
  /**
   * Reads a frame of kind {@link FrameKind#INFO}.
   *
   * @throws MalformedDataException if it is none
   */
  public static InfoMessage read(byte[] frame) throws MalformedDataException {
    Body body = Body.read(frame, FrameKind.INFO);
    return new InfoMessage(body.optionalText("name"), body.optionalText("message"));
  }

  @Override
  public FrameKind kind() {
    return FrameKind.INFO;
  }
}
