package courtside.ingestor.pump;

import org.jspecify.annotations.Nullable;

/**
 * Frames are in the log and the cursor is not, or cannot be read: going on would lose or double.
 */
public final class CursorMissingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CursorMissingException(String relay, String found, @Nullable Throwable cause) {
    super(
        "the log has been written before, but firehose.cursors has no usable cursor for the relay '"
            + relay
            + "' ("
            + found
            + "). Starting anew would lose, or write again, what lies between. If the relay was renamed,"
            + " give it its old name (COURTSIDE_INGESTOR_RELAY=name=address); to begin anew on"
            + " purpose, delete the topics firehose.frames and firehose.cursors.",
        cause);
  }
}
