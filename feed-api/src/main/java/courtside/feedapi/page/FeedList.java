package courtside.feedapi.page;

import courtside.eventlog.feed.FeedProgress;
import courtside.eventlog.feed.FeedVersion;
import courtside.feedapi.store.Feeds;
import courtside.feedapi.store.ServedFeed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private static final Duration COUNTED = Duration.ofSeconds(10);
  private static final Duration HOUR = Duration.ofHours(1);

  /** A version that is served says that it is behind from here on; less is the usual to and fro. */
  private static final Duration BEHIND = Duration.ofSeconds(10);

  private final Feeds feeds;
  private final ReplayBoard replays;
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  // Guarded by this.
  private String json = "";
  private long madeAt;
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

  synchronized String json() {
    long now = nanoTime.getAsLong();
    if (json.isEmpty() || now - madeAt >= FRESH.toNanos()) {
      madeAt = now;
      List<ServedFeed> served = feeds.filled() ? List.copyOf(feeds.all()) : List.of();
      json = Shown.feeds(rows(served, now), served.size(), feeds.filled(), clock.instant());
    }
    return json;
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
        .filter(progress -> progress.behind().compareTo(BEHIND) > 0)
        .map(progress -> new Replay(feed.version(), false, progress));
  }
}
