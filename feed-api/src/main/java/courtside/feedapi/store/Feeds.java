package courtside.feedapi.store;

import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.feedapi.store.Order.Move;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The feeds as readers see them: the served versions, and their items without those that have
 * expired or are blocked. The order of a feed that is asked for is held in memory and follows every
 * change. Thread-safe; changed by the feeder's thread alone.
 */
public final class Feeds {
  /** Feeds in memory. The others are read from disk. */
  private static final int ORDERS = 500;

  /** Of a feed in memory at most, some 160 bytes each. */
  private static final int LONG = 10_000;

  /** Of a feed where many are in memory: four pages of the default size. */
  private static final int SHORT = 200;

  /** Of all long ones together. */
  private static final int ENTRIES = 200_000;

  /** Entries of the index that one scan looks at: some 10 ms, were all of them expired. */
  private static final int EXAMINED = 10_000;

  private final FeedStore store;
  private final InstantSource clock;
  private final Map<FeedVersion, Order> orders = new ConcurrentHashMap<>();

  /**
   * What is blocked and has hidden something of a feed in memory: once one of them is blocked no
   * more, that is missing there. None that is not in force, after each change of what is.
   */
  private final Set<String> hiding = ConcurrentHashMap.newKeySet();

  private final AtomicLong generations = new AtomicLong();

  /** What no reader sees. */
  private volatile Blocks blocks = new Blocks(0, () -> {});

  /** In milliseconds since 1970. */
  private volatile long usableUntil = Long.MIN_VALUE;

  private volatile View view = new View(false, Map.of(), Map.of());

  /** What is served, and what will be, as one. */
  private record View(
      boolean filled, Map<String, ServedFeed> served, Map<String, FeedVersion> candidates) {}

  Feeds(FeedStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Whether the store was ever complete, and is young enough to be shown: before that a feed would
   * only look empty, and after that it may show what was deleted meanwhile.
   */
  public boolean filled() {
    return isComplete() && clock.millis() < usableUntil;
  }

  /** Whether what is made public was ever complete. */
  boolean isComplete() {
    return view.filled();
  }

  /** After it is known when the store last stood at the end of the log, if it ever did. */
  void usableUntil(Optional<Instant> end) {
    usableUntil = end.map(Instant::toEpochMilli).orElse(Long.MIN_VALUE);
  }

  /** The feed of that name, where one is served. */
  public Optional<ServedFeed> find(String name) {
    return Optional.ofNullable(view.served().get(name));
  }

  /** Every feed that is served, by name. */
  public Collection<ServedFeed> all() {
    return view.served().values();
  }

  /** The version of a feed that fills and will be served, where there is one. */
  public Optional<FeedVersion> candidate(String name) {
    return Optional.ofNullable(view.candidates().get(name));
  }

  /** How many items of a feed are on disk, with those that are blocked or about to be purged. */
  public long items(ServedFeed feed) {
    return store.items(feed.version());
  }

  /**
   * How many items of a feed are not older than this, counted up to a bound.
   *
   * @throws StoreException if the store cannot be read
   */
  public int since(ServedFeed feed, Instant time, int most) {
    return store.countFrom(feed.version(), new Position(time.toEpochMilli(), ""), most);
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
    Order order = order(feed.version());
    List<FeedEntry> found = new ArrayList<>(limit + 1);
    order.visit(
        after,
        entry -> {
          if (wanted.test(entry)) {
            found.add(entry);
          }
          return found.size() <= limit;
        });
    if (found.size() > limit || order.whole()) {
      return page(order.generation(), found, limit);
    }
    Predicate<FeedEntry> shown = wanted.and(entry -> !blocks.hides(entry.uri()));
    return page(order.generation(), scan(feed.version(), after, limit, shown), limit);
  }

  /**
   * Scan by scan, so that none holds up those who replace the store, until there is one more than
   * asked for or nothing is left: a page that is not full would be taken for the last one.
   */
  private List<FeedEntry> scan(
      FeedVersion version, Optional<Position> after, int limit, Predicate<FeedEntry> shown) {
    List<FeedEntry> found = new ArrayList<>(limit + 1);
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
  private static FeedPage page(long generation, List<FeedEntry> found, int limit) {
    if (found.size() <= limit) {
      return new FeedPage(generation, found, Optional.empty());
    }
    List<FeedEntry> shown = found.subList(0, limit);
    return new FeedPage(generation, shown, Optional.of(shown.getLast().position()));
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

  /**
   * A number that stays the same until the items of the feed change; of a feed that is not in
   * memory always another.
   */
  public long generation(ServedFeed feed) {
    @Nullable Order held = orders.get(feed.version());
    return held == null ? generations.incrementAndGet() : held.generation();
  }

  /** Whether a feed is in memory, and its generation says when it changes. */
  public boolean isInMemory(ServedFeed feed) {
    return orders.containsKey(feed.version());
  }

  /**
   * Computed and changed under the map's lock of the key, so that no reader brings back the old.
   */
  private Order order(FeedVersion version) {
    @Nullable Order held = orders.get(version);
    if (held != null) {
      return held;
    }
    if (orders.size() >= ORDERS) {
      return read(version, SHORT);
    }
    int lengths = orders.values().stream().mapToInt(Order::most).filter(n -> n > SHORT).sum();
    int most = lengths + LONG <= ENTRIES ? LONG : SHORT;
    Order read = orders.computeIfAbsent(version, key -> read(key, most));
    if (!isServed(version)) {
      // Replaced while it was read: nobody else would take it out.
      orders.remove(version);
    }
    return read;
  }

  private boolean isServed(FeedVersion version) {
    return isServed(version, view.served());
  }

  private static boolean isServed(FeedVersion version, Map<String, ServedFeed> served) {
    ServedFeed feed = served.get(version.feed().value());
    return feed != null && feed.version().equals(version);
  }

  private Order read(FeedVersion version, int most) {
    long number = generations.incrementAndGet();
    List<FeedEntry> entries = scan(version, Optional.empty(), most, this::isHeld);
    return entries.size() > most
        ? Order.of(number, most, entries.subList(0, most), false)
        : Order.of(number, most, entries, true);
  }

  /** Whether an item is held in memory; what hides one that is not is noted. */
  private boolean isHeld(FeedEntry entry) {
    Optional<String> subject = blocks.hiding(entry.uri());
    subject.ifPresent(hiding::add);
    return subject.isEmpty();
  }

  /** After a batch was written: what is in memory follows it. */
  void move(Map<FeedVersion, List<Move>> moves) {
    moves.forEach((version, ofVersion) ->
        orders.computeIfPresent(version, (key, order) -> after(order, held(ofVersion))));
  }

  private List<Move> held(List<Move> moves) {
    return moves.stream()
        .map(move -> new Move(move.from(), move.to().filter(this::isHeld)))
        .toList();
  }

  /** Null for one that has become too short: there is more on disk. */
  private @Nullable Order after(Order order, List<Move> moves) {
    Order moved = order.after(generations.incrementAndGet(), moves);
    return moved.whole() || moved.size() >= moved.most() / 2 ? moved : null;
  }

  /**
   * After something was blocked, or is no more. What is blocked is taken out of what is held in
   * memory; only where that lacks something which is blocked no more, it is read anew.
   */
  void block(Blocks changed) {
    blocks = changed;
    // By name, as one that is being read is not among the others yet: that ends first, under the
    // map's lock, and has noted by then what was hidden from it.
    all()
        .forEach(
            feed -> orders.computeIfPresent(feed.version(), (key, order) -> withoutBlocked(order)));
    if (!hiding.stream().allMatch(changed::holds)) {
      forget();
    }
  }

  private @Nullable Order withoutBlocked(Order order) {
    List<Move> moves = new ArrayList<>();
    order.visit(
        Optional.empty(),
        entry -> {
          if (!isHeld(entry)) {
            moves.add(new Move(Optional.of(entry.position()), Optional.empty()));
          }
          return true;
        });
    // A page of one that is not whole may have come from below it, and is not to be shown again.
    return moves.isEmpty() && order.whole() ? order : after(order, moves);
  }

  /** After the store has failed: what it holds then may be other than what was last heard of. */
  void forget() {
    // In this order: whatever is read from here on is noted, and the rest goes.
    hiding.clear();
    orders.clear();
  }

  /** After the store was thrown away. What is blocked stays so. */
  void discard() {
    view = new View(false, Map.of(), Map.of());
    forget();
  }

  /** Makes public what is served from now on. */
  void serve(
      boolean filled,
      Map<String, String> serving,
      Map<String, FeedDefinition> definitions,
      Map<String, FeedState> states) {
    Map<String, ServedFeed> served = new TreeMap<>();
    serving.forEach((name, version) -> {
      FeedVersion key = FeedVersion.of(name, version);
      served.put(name, new ServedFeed(key, Optional.ofNullable(definitions.get(key.key()))));
    });
    Map<String, ServedFeed> before = view.served();
    view = new View(filled, Collections.unmodifiableMap(served), candidates(states));
    orders.keySet().removeIf(version -> !isServed(version));
    // One that was being read while it was not served has not heard of what was blocked then.
    served.values().stream()
        .filter(feed -> !isServed(feed.version(), before))
        .forEach(feed -> orders.remove(feed.version()));
  }

  private static Map<String, FeedVersion> candidates(Map<String, FeedState> states) {
    Map<String, FeedVersion> candidates = new HashMap<>();
    states.forEach((feed, state) ->
        state
            .candidate()
            .ifPresent(version -> candidates.put(feed, FeedVersion.of(feed, version))));
    return Collections.unmodifiableMap(candidates);
  }
}
