package courtside.command;

import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How far a version is in all of {@code posts}. Immutable.
 *
 * @param partitions how many of the partitions have said where they are
 * @param passed offsets read, of those that are retained
 * @param total offsets that are retained, as far as the partitions know
 * @param rate offsets passed a second
 * @param current whether no partition is more than 2 s behind
 * @param positions by partition; 0 where nothing was said
 * @param said when the partition that has been silent for the longest spoke; empty if none has
 */
record VersionProgress(
    int partitions,
    long passed,
    long total,
    double rate,
    boolean current,
    List<Long> positions,
    Optional<Instant> said) {
  /** As the steward has it. */
  private static final Duration LAG = Duration.ofSeconds(2);

  private static final int CELLS = 20;

  /** Copies the list. */
  VersionProgress {
    positions = List.copyOf(positions);
  }

  /**
   * Adds up what the partitions say.
   *
   * @param statuses by key
   * @param begins the first offset that each partition still has
   */
  static VersionProgress of(
      FeedVersion version, Map<String, FeedStatus> statuses, List<Long> begins) {
    int partitions = 0;
    long passed = 0;
    long total = 0;
    double rate = 0;
    boolean current = true;
    Optional<Instant> said = Optional.empty();
    Long[] positions = new Long[Topics.POSTS.partitions()];
    for (int partition = 0; partition < positions.length; partition++) {
      FeedStatus status = statuses.get(version.statusKey(partition));
      positions[partition] = status == null ? 0 : status.position();
      if (status == null) {
        current = false;
        continue;
      }
      partitions++;
      // What retention has taken since is not read, and counts for nothing.
      long begin = Math.min(begins.get(partition), status.position());
      passed += status.position() - begin;
      total += Math.max(status.position(), status.end()) - begin;
      rate += status.rate().orElse(0);
      current &=
          status.position() >= status.end()
              || Duration.between(status.seenAt(), status.at()).compareTo(LAG) <= 0;
      said = Optional.of(said.filter(status.at()::isAfter).orElse(status.at()));
    }
    return new VersionProgress(partitions, passed, total, rate, current, List.of(positions), said);
  }

  /** Of several versions together. */
  VersionProgress and(VersionProgress other) {
    return new VersionProgress(
        partitions + other.partitions,
        passed + other.passed,
        total + other.total,
        rate + other.rate,
        current && other.current,
        List.of(),
        said.or(other::said));
  }

  /** Whether every partition has come to these offsets. */
  boolean hasPassed(List<Long> ends) {
    if (partitions < ends.size()) {
      return false;
    }
    for (int partition = 0; partition < ends.size(); partition++) {
      if (positions.get(partition) < ends.get(partition)) {
        return false;
      }
    }
    return true;
  }

  /** How long the rest takes at this rate; absent where it does not move. */
  Optional<Duration> left() {
    return rate < 1 || passed >= total
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds((long) Math.ceil((total - passed) / rate)));
  }

  /** From 0 to 100; 100 only where nothing is left. */
  int percent() {
    return total == 0 ? 100 : (int) (100.0 * passed / total);
  }

  /** A bar, and the rest in words. */
  String bar() {
    int full = percent() * CELLS / 100;
    return "█".repeat(full) + "░".repeat(CELLS - full) + "  " + inWords();
  }

  /** How much is read, how fast, and how long the rest takes. */
  String inWords() {
    return String.format(
        Locale.ROOT,
        "%d %% of %,d · %,.0f/s%s",
        percent(),
        total,
        rate,
        left().map(left -> " · " + inWords(left) + " left").orElse(""));
  }

  /** A duration as people say it. */
  static String inWords(Duration time) {
    if (time.toHours() > 0) {
      return time.toHours() + " h " + time.toMinutesPart() + " min";
    }
    return time.toMinutes() > 0
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : time.toSeconds() + " s";
  }
}
