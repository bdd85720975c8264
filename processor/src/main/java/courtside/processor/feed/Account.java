package courtside.processor.feed;

import courtside.eventlog.format.Format;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known of an account. Private to this topology's store. Immutable.
 *
 * @param frameTime the time of the event that said so; the newest wins
 * @param position where that event stands in its partition of {@code posts}; decides between equal
 *     times
 * @param seenAt that event's time seen
 * @param deletedSince the time seen since which the status has been {@code deleted} without a break
 */
record Account(
    boolean active,
    Instant frameTime,
    long position,
    Instant seenAt,
    Optional<Instant> deletedSince) {
  static final Format<Account> FORMAT = Format.of(Account.class);
}
