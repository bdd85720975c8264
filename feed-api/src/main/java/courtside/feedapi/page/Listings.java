package courtside.feedapi.page;

import courtside.feedapi.store.Feeds;
import courtside.feedapi.store.ServedFeed;
import courtside.feedapi.store.ShownItem;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The listings of the feeds that somebody looks at, made once for all of them. Thread-safe. */
final class Listings {
  /** How many posts a listing may have; one is made with as many as are asked for at least. */
  private static final List<Integer> LENGTHS = List.of(30, 100, 300, 1_000);

  /** How many may be asked for. */
  static final int LONGEST = LENGTHS.getLast();

  /** How many are shown to who asks for no number. */
  static final int USUAL = LENGTHS.getFirst();

  private final Feeds feeds;
  private final InstantSource clock;
  private final int most;
  private final Map<Key, Made> made = new ConcurrentHashMap<>();

  private record Key(String feed, int length) {}

  /**
   * A listing that was made.
   *
   * @param feed of which version and definition
   * @param generation of which content of it
   * @param until when the first of its items expires, in milliseconds since 1970
   */
  private record Made(ServedFeed feed, long generation, long until, Listing listing) {}

  /**
   * Keeps some.
   *
   * @param most how many are looked at at once, at most
   */
  Listings(Feeds feeds, InstantSource clock, int most) {
    this.feeds = feeds;
    this.clock = clock;
    this.most = most;
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

  private static int longEnough(int length) {
    return LENGTHS.stream().filter(one -> one >= length).findFirst().orElse(LONGEST);
  }

  private Listing of(ServedFeed feed, int length) {
    Key key = new Key(feed.name(), length);
    long generation = feeds.generation(feed);
    long now = clock.millis();
    @Nullable Made held = made.get(key);
    if (held != null
        && held.feed().equals(feed)
        && held.generation() == generation
        && held.until() > now) {
      return held.listing();
    }
    List<ShownItem> items = feeds.newest(feed, length);
    long until =
        items.stream()
            .mapToLong(shown -> shown.item().expiresAt().toEpochMilli())
            .min()
            .orElse(Long.MAX_VALUE);
    Listing fresh = Shown.listing(feed, items);
    if (made.size() > most) {
      made.clear();
    }
    made.put(key, new Made(feed, generation, until, fresh));
    return fresh;
  }
}
