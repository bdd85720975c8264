package courtside.processor.steward;

import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.feed.FeedTopology;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether candidates have caught up: every partition is past the end noted when the candidate was
 * first seen here, and none has been behind, or silent, for a while in which somebody looked. A
 * steward that takes over notes anew, so it can only be stricter. Confined to one thread.
 */
final class Replays {
  private static final Duration LAG = Duration.ofSeconds(2);

  /** Statuses are written each second; a slow turn or a clock that differs is not a dead one. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  /** Between two looks that lie further apart anything may have been. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final Duration steady;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final Map<FeedVersion, Replay> replays = new HashMap<>();
  private long lookedAt;

  /**
   * Starts with nothing noted.
   *
   * @param steady how long no partition may have been more than 2 s behind
   * @param clock tells how old a status is
   */
  Replays(Duration steady, LongSupplier nanoTime, InstantSource clock) {
    this.steady = steady;
    this.nanoTime = nanoTime;
    this.clock = clock;
  }

  private record Replay(List<Long> ends, @Nullable Long steadySince) {}

  /**
   * The candidates that have caught up. To be asked at least every 2 s: after a longer pause nobody
   * has kept up.
   *
   * @param versions how many there are of all feeds: as many statuses at most take turns
   * @param statuses by key
   * @param ends the ends of {@code posts} now, asked for only where a candidate is new
   */
  Set<FeedVersion> caughtUp(
      Collection<FeedVersion> candidates,
      int versions,
      Map<String, FeedStatus> statuses,
      Supplier<List<Long>> ends) {
    replays.keySet().retainAll(Set.copyOf(candidates));
    Set<FeedVersion> caughtUp = new HashSet<>();
    long now = nanoTime.getAsLong();
    boolean looked = now - lookedAt <= LOOK.toNanos();
    lookedAt = now;
    Instant oldest =
        clock.instant().minus(SILENCE).minusSeconds(versions / FeedTopology.STATUSES_EACH_SECOND);
    for (FeedVersion candidate : candidates) {
      Replay known = replays.get(candidate);
      Replay replay = known == null ? new Replay(ends.get(), null) : known;
      Long since = looked ? replay.steadySince() : null;
      if (!keepsUp(candidate, replay.ends(), statuses, oldest)) {
        since = null;
      } else if (since == null) {
        since = now;
      }
      replays.put(candidate, new Replay(replay.ends(), since));
      if (since != null && now - since >= steady.toNanos()) {
        caughtUp.add(candidate);
      }
    }
    return caughtUp;
  }

  private static boolean keepsUp(
      FeedVersion candidate, List<Long> ends, Map<String, FeedStatus> statuses, Instant oldest) {
    for (int partition = 0; partition < ends.size(); partition++) {
      FeedStatus status = statuses.get(candidate.statusKey(partition));
      if (status == null
          || status.at().isBefore(oldest)
          || status.position() < ends.get(partition)
          || isBehind(status)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBehind(FeedStatus status) {
    return status.position() < status.end()
        && Duration.between(status.seenAt(), status.at()).compareTo(LAG) > 0;
  }
}
