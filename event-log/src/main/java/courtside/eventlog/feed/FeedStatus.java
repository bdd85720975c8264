package courtside.eventlog.feed;

import courtside.eventlog.format.Format;
import java.time.Instant;

/**
 * How far one version of a feed is in one partition of {@code posts}. Immutable.
 *
 * @param at when this was written
 * @param position the next offset of {@code posts} to be read
 * @param end the end of the partition as last known
 * @param seenAt the time seen of the newest event read
 * @param read events read since the task started
 * @param matched posts that matched since the task started
 */
public record FeedStatus(
    Instant at, long position, long end, Instant seenAt, long read, long matched) {

  /** The record's bytes. */
  public static final Format<FeedStatus> FORMAT = Format.of(FeedStatus.class);
}
