package courtside.testkit.history;

import java.time.Instant;
import java.util.Optional;

/** One thing that a frame says and that can be used. Immutable. */
public sealed interface Said {
  /** About one post. */
  sealed interface OfPost extends Said {
    /** The post's key. */
    String rkey();

    /** The repository's revision. */
    String rev();
  }

  /**
   * A post is new, or has changed.
   *
   * @param update whether it says that the post was there before
   */
  record Written(String rkey, String rev, boolean update, Writing writing) implements OfPost {}

  /** A post is gone. */
  record Deleted(String rkey, String rev) implements OfPost {}

  /**
   * How an account stands.
   *
   * @param frameTime when that was, at most the time seen
   */
  record Standing(boolean active, Optional<String> status, Instant frameTime) implements Said {}
}
