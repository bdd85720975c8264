package courtside.eventlog.feed;

import courtside.eventlog.format.Format;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How far one version of a feed is in one partition of {@code posts}. Immutable.
 *
 * @param at when this was written
 * @param position the next offset of {@code posts} to be read
 * @param end the end of the partition as last known
 * @param seenAt the time seen of the newest event read
 * @param read events read since the task started
 * @param matched posts that matched since the task started
 * @param begin the first offset that the partition still has, as last known
 * @param rate offsets passed a second, lately: those of events, and of markers between them
 * @param removed the set whose task has taken every item of this version out of this partition. It
 *     names the set, as a version that is applied again is of another one, and what an earlier
 *     removal said must not count for it
 */
public record FeedStatus(
    Instant at,
    long position,
    long end,
    Instant seenAt,
    long read,
    long matched,
    OptionalLong begin,
    OptionalDouble rate,
    Optional<String> removed) {

  /** The record's bytes. */
  public static final Format<FeedStatus> FORMAT = Format.of(FeedStatus.class);

  /** A status of a version that is not removed, with what must be known alone. */
  public FeedStatus(Instant at, long position, long end, Instant seenAt, long read, long matched) {
    this(
        at,
        position,
        end,
        seenAt,
        read,
        matched,
        OptionalLong.empty(),
        OptionalDouble.empty(),
        Optional.empty());
  }

  /** The same with the first offset that the partition has now. */
  public FeedStatus withBegin(long first) {
    return new FeedStatus(
        at, position, end, seenAt, read, matched, OptionalLong.of(first), rate, removed);
  }

  /** How long the rest takes at this rate; absent where none is known, or where it is 0. */
  public Optional<Duration> left() {
    if (position >= end) {
      return Optional.of(Duration.ZERO);
    }
    if (rate.isEmpty() || !(rate.getAsDouble() > 0)) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofSeconds((long) Math.ceil((end - position) / rate.getAsDouble())));
  }
}
