package courtside.testkit.relay;

import java.io.IOException;
import java.util.OptionalLong;

/** What a {@link Player} plays. Confined to the thread that plays it. */
public interface Programme {
  /**
   * When more of it is due, in nanoseconds after its start; empty once all of it was played.
   *
   * @param elapsedNanos how long after its start this is asked
   */
  OptionalLong nextDueNanos(long elapsedNanos);

  /**
   * Appends what is due next, once it is.
   *
   * @throws IOException if the log cannot be written
   */
  void playNext(FrameLog log) throws IOException;
}
