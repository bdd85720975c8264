package courtside.processor.feed;

import java.time.Duration;

/**
 * How long the fold remembers, in time seen. Immutable.
 *
 * @param revisions revisions of posts and of deletions, and the news that an account is active;
 *     longer than any relay repeats itself
 * @param inactiveAccounts that an account is not active; as long as {@code posts} is kept
 * @param deletedAccounts how long items stay hidden under the status {@code deleted}, running,
 *     before they are gone for good
 * @param skew by how much the purge stays behind, as the clocks of two ingestors may differ: what
 *     it takes away must have ended for every event still to come
 */
public record Memory(
    Duration revisions, Duration inactiveAccounts, Duration deletedAccounts, Duration skew) {
  /** What is used where nothing is set. */
  public static final Memory DEFAULT =
      new Memory(
          Duration.ofDays(7), Duration.ofDays(30), Duration.ofDays(3), Duration.ofMinutes(1));
}
