package courtside.atproto.firehose;

import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import java.util.Optional;

/**
 * An #identity: something of an account's identity may have changed, so what is held of its DID
 * document is old. May say nothing new, and says nothing of a handle by leaving it out. Immutable.
 *
 * @param time the frame's own time as text, or empty; never to be trusted
 * @param handle what the server takes for the handle; not verified
 * @see <a href="https://atproto.com/specs/sync#firehose">subscribeRepos, identity</a>
 */
public record IdentityMessage(long seq, Did did, String time, Optional<String> handle)
    implements Event {

  /**
   * Reads a frame of kind {@link FrameKind#IDENTITY}.
   *
   * @throws MalformedDataException if it is none, or lacks a required field
   */
  public static IdentityMessage read(byte[] frame) throws MalformedDataException {
    Body body = Body.read(frame, FrameKind.IDENTITY);
    return new IdentityMessage(body.seq(), body.did(), body.time(), body.optionalText("handle"));
  }

  @Override
  public FrameKind kind() {
    return FrameKind.IDENTITY;
  }
}
