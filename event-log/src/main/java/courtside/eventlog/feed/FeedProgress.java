package courtside.eventlog.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/**
 * How far one version of a feed is in all of {@code posts}: what its partitions say, added up.
 * Immutable.
 *
 * @param partitions how many of them have said where they are
 * @param passed offsets read, of those that are retained
 * @param total offsets that are retained, as far as the partitions know
 * @param rate offsets passed a second
 * @param behind how long the newest event read was past when it was said, of the partition that is
 *     furthest behind; nothing for one that stands at its end
 * @param said when the partition that has been silent for the longest spoke; empty if none has
 */
public record FeedProgress(
    int partitions, long passed, long total, double rate, Duration behind, Optional<Instant> said) {

  /** Adds up the statuses of a version, at most one of each partition. */
  public static FeedProgress of(Collection<FeedStatus> statuses) {
    long passed = 0;
    long total = 0;
    double rate = 0;
    Duration behind = Duration.ZERO;
    Optional<Instant> said = Optional.empty();
    for (FeedStatus status : statuses) {
      long position = status.position();
      // What retention has taken since is not read, and counts for nothing.
      long begin = Math.min(status.begin().orElse(position), position);
      passed += position - begin;
      total += Math.max(position, status.end()) - begin;
      rate += status.rate().orElse(0);
      if (position < status.end()) {
        Duration lag = Duration.between(status.seenAt(), status.at());
        behind = lag.compareTo(behind) > 0 ? lag : behind;
      }
      said = Optional.of(said.filter(status.at()::isAfter).orElse(status.at()));
    }
    return new FeedProgress(statuses.size(), passed, total, rate, behind, said);
  }

  /** Of several versions together. */
  public FeedProgress and(FeedProgress other) {
    return new FeedProgress(
        partitions + other.partitions,
        passed + other.passed,
        total + other.total,
        rate + other.rate,
        behind.compareTo(other.behind) > 0 ? behind : other.behind,
        said.isEmpty()
            ? other.said
            : other.said.filter(at -> at.isBefore(said.get())).or(() -> said));
  }

  /** How long the rest takes at this rate; empty where nothing is left, or where it stands. */
  public Optional<Duration> left() {
    return rate < 1 || passed >= total
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds((long) Math.ceil((total - passed) / rate)));
  }

  /** From 0 to 100; 100 only where nothing is left. */
  public int percent() {
    return total == 0 ? 100 : (int) (100.0 * passed / total);
  }
}
