package courtside.ingestor.pump;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Frames are in the log and the cursor is not, or cannot be read: going on would lose or double.
 */
public final class CursorMissingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CursorMissingException(String found, Optional<Instant> lastFrame, @Nullable Throwable cause) {
    super(
        "firehose.cursors has no usable cursor of a relay of COURTSIDE_INGESTOR_RELAY ("
            + found
            + "). "
            + lastFrame
                .map(at ->
                    "The last frame in the log was seen at "
                        + at
                        + ": beginning at the live tip loses everything since then.")
                .orElse("No frame is in the log.")
            + " If a relay was renamed, give it its old name"
            + " (COURTSIDE_INGESTOR_RELAY=name=address). To begin without a cursor all the same,"
            + " set COURTSIDE_INGESTOR_START to oldest (all that the relay still has, at most twice"
            + " in the log), to live (with a gap), or to the sequence number to begin after.",
        cause);
  }
}
