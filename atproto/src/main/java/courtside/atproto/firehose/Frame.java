package courtside.atproto.firehose;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;

/**
 * One message of com.atproto.sync.subscribeRepos: two values, header and body, and nothing after.
 * Whoever needs only what is stored of a frame takes {@link FrameScan}. Immutable.
 *
 * @see <a href="https://atproto.com/specs/event-stream">Event Stream</a>
 */
public sealed interface Frame permits Event, InfoMessage, ErrorMessage, UnknownMessage {
  /** Largest message of the stream, in bytes. */
  int MAX_BYTES = 5_000_000;

  /**
   * Reads a frame of any kind.
   *
   * @throws MalformedDataException if it is larger than {@link #MAX_BYTES}, not canonical DAG-CBOR,
   *     or lacks what its kind must have
   */
  static Frame read(byte[] frame) throws MalformedDataException {
    if (frame.length > MAX_BYTES) {
      throw new MalformedDataException(
          Kind.TOO_LARGE,
          0,
          "expected a frame of at most " + MAX_BYTES + " bytes, found " + frame.length);
    }
    return switch (FrameKind.of(frame)) {
      case COMMIT -> CommitMessage.read(frame);
      case SYNC -> SyncMessage.read(frame);
      case IDENTITY -> IdentityMessage.read(frame);
      case ACCOUNT -> AccountMessage.read(frame);
      case INFO -> InfoMessage.read(frame);
      case ERROR -> ErrorMessage.read(frame);
      case UNKNOWN -> UnknownMessage.read(frame);
    };
  }

  /** Its kind. */
  FrameKind kind();
}
