package courtside.processor.feed;

import courtside.eventlog.feed.FeedVersion;
import java.time.Instant;

/**
 * A post's place in one version of a feed. Immutable.
 *
 * @param feed the feed's name
 * @param version the hash of its definition
 * @param sortAt fixed by the event that brought the post in
 * @param since that event's time seen, by which its age is judged
 * @param expiresAt {@code since} plus how long the version keeps items
 */
record Match(String feed, String version, Instant sortAt, Instant since, Instant expiresAt) {
  FeedVersion feedVersion() {
    return FeedVersion.of(feed, version);
  }
}
