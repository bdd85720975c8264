package courtside.atproto.firehose;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.syntax.Did;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    long seq, Did did, String time, boolean active, Optional<String> status) {

  /**
   * Reads a frame of kind {@link FrameKind#ACCOUNT}.
   *
   * @throws MalformedDataException if it is none, or lacks a required field
   */
  public static AccountMessage read(byte[] frame) throws MalformedDataException {
    DagCborReader reader = new DagCborReader(frame);
    FrameKind kind = FrameHeader.read(reader);
    if (kind != FrameKind.ACCOUNT) {
      throw new MalformedDataException(Kind.WRONG_TYPE, 0, "expected an account, found " + kind);
    }
    @Nullable Long seq = null;
    @Nullable String did = null;
    @Nullable Boolean active = null;
    String time = "";
    Optional<String> status = Optional.empty();
    int entries = reader.readMap();
    DagCborReader.Keys keys = reader.keys();
    for (int i = 0; i < entries; i++) {
      switch (keys.next()) {
        case "seq" -> seq = reader.readInteger();
        case "did" -> did = reader.readText();
        case "time" -> time = reader.readIfText().orElse("");
        case "active" -> active = reader.readBoolean();
        case "status" -> status = reader.readIfText();
        default -> reader.skip();
      }
    }
    reader.expectEnd();
    if (seq == null || did == null || active == null) {
      throw new MalformedDataException(
          Kind.MISSING_FIELD, -1, "an account message needs seq, did and active");
    }
    return new AccountMessage(seq, Did.parse(did), time, active, status);
  }
}
