package courtside.feedapi.page;

import courtside.eventlog.feed.FeedProgress;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.feedapi.store.Feeds;
import courtside.feedapi.store.ServedFeed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The feeds with their sizes, their rates and their replays, made at most once a second for
 * everybody who watches. Thread-safe.
 */
final class FeedList {
  private static final int MOST = 200;

  /** Posts of an hour that are counted one by one. */
  private static final int MOST_COUNTED = 5_000;

  private static final Duration FRESH = Duration.ofSeconds(1);

  /** Of so many it is made less often: all of it is sent to everybody. */
  private static final int MANY = 20;

  private static final Duration FRESH_ENOUGH = Duration.ofSeconds(5);
  private static final Duration COUNTED = Duration.ofSeconds(10);
  private static final Duration HOUR = Duration.ofHours(1);

  /** A version that is served says that it is behind from here on; less is the usual to and fro. */
  private static final Duration BEHIND = Duration.ofSeconds(10);

  private final Feeds feeds;
  private final ReplayBoard replays;
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  private final ReentrantLock making = new ReentrantLock();

  /** The last that was made. */
  private volatile String json = "";

  // Guarded by making.
  private long madeAt;
  private Duration fresh = FRESH;
  private Map<FeedVersion, Integer> hours = Map.of();
  private long countedAt;

  /**
   * A feed.
   *
   * @param items how many it has
   * @param hour how many of them are of the last hour
   * @param more whether there are more than so many
   */
  record Row(ServedFeed feed, long items, int hour, boolean more, Optional<Replay> replay) {}

  /**
   * A version that is on its way.
   *
   * @param next whether it will replace what is served; otherwise it is what is served
   */
  record Replay(FeedVersion version, boolean next, FeedProgress progress) {}

  FeedList(Feeds feeds, ReplayBoard replays, InstantSource clock, LongSupplier nanoTime) {
    this.feeds = feeds;
    this.replays = replays;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /** Whoever comes while it is made takes the last: counting may take longer than a heartbeat. */
  String json() {
    if (!json.isEmpty() && !making.tryLock()) {
      return json;
    }
    if (!making.isHeldByCurrentThread()) {
      making.lock();
    }
    try {
      long now = nanoTime.getAsLong();
      if (json.isEmpty() || now - madeAt >= fresh.toNanos()) {
        madeAt = now;
        List<ServedFeed> served = feeds.filled() ? List.copyOf(feeds.all()) : List.of();
        fresh = served.size() > MANY ? FRESH_ENOUGH : FRESH;
        json = Shown.feeds(rows(served, now), served.size(), feeds.filled(), clock.instant());
      }
      return json;
    } finally {
      making.unlock();
    }
  }

  private List<Row> rows(List<ServedFeed> served, long now) {
    List<ServedFeed> shown = served.subList(0, Math.min(MOST, served.size()));
    boolean known = shown.stream().map(ServedFeed::version).allMatch(hours::containsKey);
    if (!known || now - countedAt >= COUNTED.toNanos()) {
      countedAt = now;
      count(shown);
    }
    return shown.stream().map(this::row).toList();
  }

  private void count(List<ServedFeed> shown) {
    Map<FeedVersion, Integer> counted = new HashMap<>();
    for (ServedFeed feed : shown) {
      counted.put(feed.version(), feeds.since(feed, clock.instant().minus(HOUR), MOST_COUNTED + 1));
    }
    hours = counted;
  }

  private Row row(ServedFeed feed) {
    int hour = hours.getOrDefault(feed.version(), 0);
    return new Row(
        feed,
        feeds.items(feed),
        Math.min(hour, MOST_COUNTED),
        hour > MOST_COUNTED,
        Stream.concat(candidate(feed).stream(), served(feed).stream()).findFirst());
  }

  private Optional<Replay> candidate(ServedFeed feed) {
    return feeds
        .candidate(feed.name())
        .flatMap(version ->
            replays.progress(version).map(progress -> new Replay(version, true, progress)));
  }

  private Optional<Replay> served(ServedFeed feed) {
    return replays
        .progress(feed.version())
        .filter(progress -> progress.partitions() == Topics.POSTS.partitions())
        .filter(progress -> progress.behind().compareTo(BEHIND) > 0)
        .map(progress -> new Replay(feed.version(), false, progress));
  }
}
