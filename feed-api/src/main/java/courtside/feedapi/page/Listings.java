package courtside.feedapi.page;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import courtside.feedapi.store.Feeds;
import courtside.feedapi.store.ServedFeed;
import courtside.feedapi.store.ShownItem;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The listings of the feeds that somebody looks at, made once for all of them, and forgotten once
 * nobody does. Bounded. Thread-safe.
 */
final class Listings {
  /** How many posts a listing may have; one is made with as many as are asked for at least. */
  private static final List<Integer> LENGTHS = List.of(30, 100, 300, 1_000);

  /** How many may be asked for. */
  static final int LONGEST = LENGTHS.getLast();

  /** How many are shown to who asks for no number. */
  static final int USUAL = LENGTHS.getFirst();

  /** Posts of all listings together; one is 9,000 characters at most, and mostly 600. */
  private static final int MOST_POSTS = 20_000;

  private static final Duration FORGOTTEN = Duration.ofSeconds(10);

  /** Of a feed that is not in memory nothing says whether it has changed. */
  private static final Duration UNKNOWN = Duration.ofMillis(500);

  private final Feeds feeds;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Cache<Key, Made> made;

  private record Key(String feed, int length) {}

  /**
   * A listing that was made.
   *
   * @param feed of which version and definition
   * @param generation of which content of it
   * @param until when the first of its items expires, in milliseconds since 1970
   * @param at when, by the nanosecond clock
   */
  private record Made(ServedFeed feed, long generation, long until, long at, Listing listing) {}

  Listings(Feeds feeds, InstantSource clock, LongSupplier nanoTime) {
    this.feeds = feeds;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.made =
        Caffeine.newBuilder()
            .ticker(nanoTime::getAsLong)
            .expireAfterAccess(FORGOTTEN)
            .maximumWeight(MOST_POSTS)
            .<Key, Made>weigher((key, one) -> 1 + one.listing().posts().size())
            .executor(Runnable::run)
            .build();
  }

  /** The wanted feed, or the first; empty while the store is not filled. */
  Optional<Listing> find(Optional<String> wanted, int length) {
    if (!feeds.filled()) {
      return Optional.empty();
    }
    Optional<ServedFeed> feed =
        wanted.isPresent() ? feeds.find(wanted.get()) : feeds.all().stream().findFirst();
    return Optional.of(feed.map(found -> of(found, longEnough(length))).orElse(Listing.NONE));
  }

  /** How many posts the listing has that so many are asked of. */
  static int longEnough(int length) {
    return LENGTHS.stream().filter(one -> one >= length).findFirst().orElse(LONGEST);
  }

  private Listing of(ServedFeed feed, int length) {
    Key key = new Key(feed.name(), length);
    long generation = feeds.generation(feed);
    long now = clock.millis();
    long nanos = nanoTime.getAsLong();
    @Nullable Made held = made.getIfPresent(key);
    if (held != null && held.feed().equals(feed) && held.until() > now) {
      boolean known = feeds.isInMemory(feed);
      if (known ? held.generation() == generation : nanos - held.at() < UNKNOWN.toNanos()) {
        return held.listing();
      }
    }
    List<ShownItem> items = feeds.newest(feed, length);
    long until =
        items.stream()
            .mapToLong(shown -> shown.item().expiresAt().toEpochMilli())
            .min()
            .orElse(Long.MAX_VALUE);
    Listing fresh = Shown.listing(feed, items);
    made.put(key, new Made(feed, generation, until, nanos, fresh));
    return fresh;
  }
}
