package courtside.testkit.history;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * What a feed wants, in plain terms. Immutable.
 *
 * @param rule of the author's DID and what is written
 * @param maxAge how old a post may be by its author's claim when it is seen; absent for any age
 * @param keep how long it stays
 */
public record Wanted(BiPredicate<String, Writing> rule, Optional<Duration> maxAge, Duration keep) {
  boolean takes(String did, Writing writing, Instant seen) {
    return rule.test(did, writing)
        && (maxAge.isEmpty()
            || writing.createdAt().isEmpty()
            || !writing.createdAt().get().isBefore(seen.minus(maxAge.get())));
  }
}
