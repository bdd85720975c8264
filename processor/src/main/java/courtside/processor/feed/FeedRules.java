package courtside.processor.feed;

import courtside.atproto.record.PostSummary;
import courtside.atproto.syntax.Did;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.rule.Matches;
import courtside.processor.rule.UnmatchableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What the feeds of one set want. Thread-safe: the topology's threads share one. */
public interface FeedRules {
  /**
   * The versions that the post belongs to.
   *
   * @param seen the moment by which its age is judged
   * @throws UnmatchableException if that can be told of none; again for the same post, however
   *     often
   */
  Matches match(Did author, PostSummary post, Instant seen) throws UnmatchableException;

  /** How long items of a version that matched are kept from the time seen. */
  Duration keep(FeedVersion version);

  /** Every version that is matched now, in a fixed order. */
  List<FeedVersion> versions();
}
