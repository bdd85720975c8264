package courtside.testkit.relay;

import courtside.atproto.firehose.FrameWriter;
import java.util.Optional;

/**
 * What a server says about the stream itself, in the words of the reference PDS.
 *
 * @see <a href="https://atproto.com/specs/event-stream">Event Stream</a>
 */
enum Notice {
  /** An #info: frames after the cursor are no longer held. The stream goes on. */
  OUTDATED_CURSOR("OutdatedCursor", "Requested cursor exceeded limit. Possibly missing events"),
  /** An error: the cursor lies ahead of the stream. */
  FUTURE_CURSOR("FutureCursor", "Cursor in the future."),
  /** An error: the client fell out of the server's memory. */
  CONSUMER_TOO_SLOW("ConsumerTooSlow", "Stream consumer too slow");

  private final String text;
  private final String message;

  Notice(String text, String message) {
    this.text = text;
    this.message = message;
  }

  /** Its name in the protocol. */
  String text() {
    return text;
  }

  /** The whole message. */
  byte[] frame() {
    return switch (this) {
      case OUTDATED_CURSOR -> FrameWriter.info(text, Optional.of(message));
      case FUTURE_CURSOR, CONSUMER_TOO_SLOW -> FrameWriter.error(text, Optional.of(message));
    };
  }
}
