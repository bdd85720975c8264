package courtside.ingestor.relay;

import java.time.Duration;

/** What the supervision wants done, in the order in which it says so. Immutable. */
sealed interface Action {
  /** Make the connection of that number; there is no other. */
  record Dial(long generation) implements Action {}

  /** End it, open or not; the end must be told like any other. */
  record Abort(long generation, Ending why) implements Action {}

  /** Write a ping on it. */
  record Ping(long generation) implements Action {}

  /** Say for people what was seen of the connection. */
  record Warn(String relay, String message, Duration silence) implements Action {}

  /**
   * Say that it ended, or could not be made, and not by this process's wish.
   *
   * @param wasOpen whether it was a connection
   * @param again whether the attempt before ended just so
   * @param delay until the next dial
   */
  record Ended(String relay, Ending ending, boolean wasOpen, boolean again, Duration delay)
      implements Action {}
}
