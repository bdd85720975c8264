package courtside.processor.feed;

import courtside.atproto.record.PostSummary;
import courtside.atproto.syntax.Did;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.rule.Matches;
import courtside.processor.rule.UnmatchableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What the feeds of one set want, which may change at any time. Thread-safe: the topology's threads
 * share one.
 */
public interface FeedRules {
  /** The set's id. */
  String set();

  /**
   * What is wanted now. An event is judged by one answer, whatever changes meanwhile, and later
   * events by one that is no older.
   */
  Wanted now();

  /** What is wanted at one moment. Immutable. */
  interface Wanted {
    /**
     * The versions that the post belongs to: some of {@link #versions}.
     *
     * @param seen the moment by which its age is judged
     * @throws UnmatchableException if that can be told of none; again for the same post, however
     *     often
     */
    Matches match(Did author, PostSummary post, Instant seen) throws UnmatchableException;

    /** How long items of one of {@link #versions} are kept from the time seen. */
    Duration keep(FeedVersion version);

    /** Every version that is matched, in a fixed order. */
    List<FeedVersion> versions();

    /** Versions that are not matched any more, and whose items are to be taken out. */
    Set<FeedVersion> removing();
  }
}
