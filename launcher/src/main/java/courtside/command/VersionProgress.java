package courtside.command;

import courtside.eventlog.feed.FeedProgress;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How far a version is in all of {@code posts}, and what is printed of that. Immutable.
 *
 * @param sum what the partitions say together
 * @param current whether every partition has said something, and none is more than 2 s behind
 * @param positions by partition; 0 where nothing was said
 */
record VersionProgress(FeedProgress sum, boolean current, List<Long> positions) {
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
    List<FeedStatus> said = new ArrayList<>();
    Long[] positions = new Long[Topics.POSTS.partitions()];
    for (int partition = 0; partition < positions.length; partition++) {
      FeedStatus status = statuses.get(version.statusKey(partition));
      positions[partition] = status == null ? 0 : status.position();
      if (status != null) {
        said.add(status.withBegin(begins.get(partition)));
      }
    }
    FeedProgress sum = FeedProgress.of(said);
    boolean current = said.size() == positions.length && sum.behind().compareTo(LAG) <= 0;
    return new VersionProgress(sum, current, List.of(positions));
  }

  /** Of several versions together. */
  VersionProgress and(VersionProgress other) {
    return new VersionProgress(sum.and(other.sum), current && other.current, List.of());
  }

  /** Whether every partition has come to these offsets. */
  boolean hasPassed(List<Long> ends) {
    if (sum.partitions() < ends.size()) {
      return false;
    }
    for (int partition = 0; partition < ends.size(); partition++) {
      if (positions.get(partition) < ends.get(partition)) {
        return false;
      }
    }
    return true;
  }

  /** A bar, and the rest in words. */
  String bar() {
    int full = sum.percent() * CELLS / 100;
    return "█".repeat(full) + "░".repeat(CELLS - full) + "  " + inWords();
  }

  /** How much is read, how fast, and how long the rest takes. */
  String inWords() {
    return String.format(
        Locale.ROOT,
        "%d %% of %,d · %,.0f/s%s",
        sum.percent(),
        sum.total(),
        sum.rate(),
        sum.left().map(left -> " · " + inWords(left) + " left").orElse(""));
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
