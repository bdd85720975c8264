package courtside.testkit.accounts;

import java.time.Instant;
import java.util.Optional;

/**
 * What stays of a post whatever its author makes of its words. Immutable.
 *
 * @param createdAt when it was written
 * @param answers what it answers
 * @param shows the post that it shows
 */
record Setting(Instant createdAt, Optional<Answered> answers, Optional<Ref> shows) {
  /**
   * What a post answers. Immutable.
   *
   * @param root what the conversation began with
   */
  record Answered(Ref root, Ref parent) {}
}
