package courtside.atproto.firehose;

import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import java.util.Optional;

/**
 * An #account: whether the account is active at the host that says so. Decide on {@code active}
 * alone: the set of statuses is open. Time and status of another type than text count as absent.
 * Immutable.
 *
 * @param time the frame's own time as text, or empty; never to be trusted
 * @param status why it is not active, or what else is the matter
 * @see <a href="https://atproto.com/specs/account">Account Hosting Status</a>
 */
public record AccountMessage(
    long seq, Did did, String time, boolean active, Optional<String> status) implements Event {

  /**
   * Reads a frame of kind {@link FrameKind#ACCOUNT}.
   *
   * @throws MalformedDataException if it is none, or lacks a required field
   */
  public static AccountMessage read(byte[] frame) throws MalformedDataException {
    Body body = Body.read(frame, FrameKind.ACCOUNT);
    return new AccountMessage(
        body.seq(), body.did(), body.time(), body.bool("active"), body.optionalText("status"));
  }

  @Override
  public FrameKind kind() {
    return FrameKind.ACCOUNT;
  }
}
