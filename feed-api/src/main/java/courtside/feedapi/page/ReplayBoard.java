package courtside.feedapi.page;

import courtside.eventlog.feed.FeedProgress;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far each version of each feed is. Bounded: those heard of last. Thread-safe. */
final class ReplayBoard {
  /** Some 30 MB where all of them speak: ten thousand feeds, and as many versions on their way. */
  static final int VERSIONS = 25_000;

  // Guarded by this. By feed and version, then by partition.
  private final LinkedHashMap<FeedVersion, Map<Integer, FeedStatus>> statuses =
      new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Takes what a processor says, or has taken back.
   *
   * @param key {@code feed/version/partition}
   * @throws IllegalArgumentException if the key is none
   */
  synchronized void put(String key, Optional<FeedStatus> status) {
    FeedVersion version = FeedVersion.read(key);
    int partition = partition(key, version);
    if (status.isEmpty()) {
      @Nullable Map<Integer, FeedStatus> held = statuses.get(version);
      if (held != null) {
        held.remove(partition);
        if (held.isEmpty()) {
          statuses.remove(version);
        }
      }
      return;
    }
    statuses.computeIfAbsent(version, _ -> new HashMap<>()).put(partition, status.get());
    if (statuses.size() > VERSIONS) {
      statuses.pollFirstEntry();
    }
  }

  private static int partition(String key, FeedVersion version) {
    for (int partition = 0; partition < Topics.POSTS.partitions(); partition++) {
      if (key.equals(version.statusKey(partition))) {
        return partition;
      }
    }
    throw new IllegalArgumentException("no partition of posts in the key " + key);
  }

  /** Before everything is read again. */
  synchronized void clear() {
    statuses.clear();
  }

  /** How far a version is; empty where nobody has said anything of it. */
  synchronized Optional<FeedProgress> progress(FeedVersion version) {
    @Nullable Map<Integer, FeedStatus> held = statuses.get(version);
    return held == null ? Optional.empty() : Optional.of(FeedProgress.of(held.values()));
  }
}
