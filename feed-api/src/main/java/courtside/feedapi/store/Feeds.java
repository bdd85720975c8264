package courtside.feedapi.store;

import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The feeds as readers see them: the served versions, and their items without those that have
 * expired or are blocked. The newest items of a feed that is asked for are held in memory, renewed
 * whenever they change. Thread-safe; changed by the feeder's thread alone.
 */
public final class Feeds {
  /** Items of a feed in memory: four pages of the default size. */
  private static final int HEAD = 200;

  /** Feeds in memory: together some 20 MB. The others are read from disk. */
  private static final int HEADS = 500;

  /** Entries of the index that one scan looks at: some 10 ms, were all of them expired. */
  private static final int EXAMINED = 10_000;

  private final FeedStore store;
  private final InstantSource clock;
  private final Map<FeedVersion, Head> heads = new ConcurrentHashMap<>();

  private final AtomicLong generations = new AtomicLong();

  /** What no reader sees. */
  private volatile Blocks blocks = new Blocks(0, () -> {});

  private volatile View view = new View(false, Map.of());

  /** What is served, as one. */
  private record View(boolean filled, Map<String, ServedFeed> served) {}

  /**
   * The newest items of a feed that are not blocked.
   *
   * @param generation a number of its own
   * @param whole whether the feed has no others
   */
  private record Head(long generation, List<FeedEntry> entries, boolean whole) {
    /** Where the first one below a position stands; the first of all where there is none. */
    int firstBelow(Optional<Position> after) {
      if (after.isEmpty()) {
        return 0;
      }
      int low = 0;
      int high = entries.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (entries.get(middle).position().compareTo(after.get()) < 0) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low;
    }
  }

  Feeds(FeedStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Whether the store was ever complete. Before that, a feed would only look empty. */
  public boolean filled() {
    return view.filled();
  }

  /** The feed of that name, where one is served. */
  public Optional<ServedFeed> find(String name) {
    return Optional.ofNullable(view.served().get(name));
  }

  /** Every feed that is served, by name. */
  public Collection<ServedFeed> all() {
    return view.served().values();
  }

  /** How many accounts and records are blocked. */
  int blocked() {
    return blocks.size();
  }

  /** Whether a post is to be shown nowhere. */
  public boolean isBlocked(String uri) {
    return blocks.hides(uri);
  }

  /**
   * A page of a feed.
   *
   * @param after below which position it begins; empty for the newest
   * @param hidden which posts to leave out, by their uris
   * @throws StoreException if the store cannot be read
   */
  public FeedPage page(
      ServedFeed feed, Optional<Position> after, int limit, Predicate<String> hidden) {
    long now = clock.millis();
    Predicate<FeedEntry> wanted = entry -> entry.isAliveAt(now) && !hidden.test(entry.uri());
    Head head = head(feed.version());
    List<FeedEntry> found = new ArrayList<>(limit + 1);
    List<FeedEntry> entries = head.entries();
    for (int n = head.firstBelow(after); n < entries.size() && found.size() <= limit; n++) {
      FeedEntry entry = entries.get(n);
      if (wanted.test(entry)) {
        found.add(entry);
      }
    }
    if (found.size() > limit || head.whole()) {
      return page(found, limit);
    }
    return page(scan(feed.version(), after, limit, wanted), limit);
  }

  /**
   * Scan by scan, so that none holds up those who replace the store, until there is one more than
   * asked for or nothing is left: a page that is not full would be taken for the last one.
   */
  private List<FeedEntry> scan(
      FeedVersion version, Optional<Position> after, int limit, Predicate<FeedEntry> wanted) {
    List<FeedEntry> found = new ArrayList<>(limit + 1);
    Predicate<FeedEntry> shown = wanted.and(this::isShown);
    Optional<Position> from = after;
    while (true) {
      FeedStore.Scan scan =
          store.newest(version, from.orElse(null), shown, limit + 1 - found.size(), EXAMINED);
      found.addAll(scan.entries());
      if (found.size() > limit || scan.stoppedAt().isEmpty()) {
        return found;
      }
      from = scan.stoppedAt();
    }
  }

  /** One item more than asked for says that there is a next page. */
  private static FeedPage page(List<FeedEntry> found, int limit) {
    if (found.size() <= limit) {
      return new FeedPage(found, Optional.empty());
    }
    List<FeedEntry> shown = found.subList(0, limit);
    return new FeedPage(shown, Optional.of(shown.getLast().position()));
  }

  /**
   * The newest items with all that is known of them.
   *
   * @throws StoreException if the store cannot be read
   */
  public List<ShownItem> newest(ServedFeed feed, int most) {
    List<ShownItem> items = new ArrayList<>(most);
    for (FeedEntry entry : page(feed, Optional.empty(), most, uri -> false).entries()) {
      Optional<FeedItem> item = store.item(feed.version(), entry.uri());
      // One removed since the index was read is not shown.
      item.ifPresent(found -> items.add(new ShownItem(entry.uri(), found)));
    }
    return items;
  }

  /** A number that stays the same until the newest items of the feed change. */
  public long generation(ServedFeed feed) {
    return head(feed.version()).generation();
  }

  /**
   * Computed and renewed under the map's lock of the key, so that no reader brings back the old.
   */
  private Head head(FeedVersion version) {
    @Nullable Head held = heads.get(version);
    if (held != null) {
      return held;
    }
    return heads.size() < HEADS
        ? heads.computeIfAbsent(version, this::readHead)
        : readHead(version);
  }

  private Head readHead(FeedVersion version) {
    long number = generations.incrementAndGet();
    // Where so much is blocked that this ends early, pages are read from the disk.
    FeedStore.Scan scan = store.newest(version, null, this::isShown, HEAD + 1, EXAMINED);
    List<FeedEntry> entries = scan.entries();
    return entries.size() > HEAD
        ? new Head(number, List.copyOf(entries.subList(0, HEAD)), false)
        : new Head(number, List.copyOf(entries), scan.stoppedAt().isEmpty());
  }

  private boolean isShown(FeedEntry entry) {
    return !blocks.hides(entry.uri());
  }

  /**
   * After a batch was written: its versions are read anew.
   *
   * @throws StoreException if one cannot be read; then none of them is held any more
   */
  void refresh(Collection<FeedVersion> touched) {
    try {
      for (FeedVersion version : touched) {
        heads.computeIfPresent(version, (key, old) -> readHead(key));
      }
    } catch (StoreException e) {
      // The batch is on disk and is not read again, so nothing else would renew them.
      touched.forEach(heads::remove);
      throw e;
    }
  }

  /** After something was blocked, or is no more: what is held in memory is read anew. */
  void block(Blocks changed) {
    blocks = changed;
    // One that is being read ends first, under the map's lock, and goes with the others.
    heads.clear();
  }

  /** After the store was thrown away. What is blocked stays so. */
  void discard() {
    view = new View(false, Map.of());
    heads.clear();
  }

  /** Makes public what is served from now on. */
  void serve(boolean filled, Map<String, String> serving, Map<String, FeedDefinition> definitions) {
    Map<String, ServedFeed> served = new TreeMap<>();
    serving.forEach((name, version) -> {
      FeedVersion key = FeedVersion.of(name, version);
      served.put(name, new ServedFeed(key, Optional.ofNullable(definitions.get(key.key()))));
    });
    view = new View(filled, Collections.unmodifiableMap(served));
    heads
        .keySet()
        .removeIf(version -> {
          ServedFeed feed = served.get(version.feed().value());
          return feed == null || !feed.version().equals(version);
        });
  }
}
