package courtside.feedapi.skeleton;

import courtside.feedapi.store.FeedEntry;
import courtside.feedapi.store.FeedPage;
import courtside.feedapi.store.ServedFeed;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * First pages as they were written last, which are most of what is asked for. One is good until the
 * feed's newest items change, or what stands before them, or one of those on it expires. At most
 * 1,000, of 15 KB: all are forgotten where there would be more. Thread-safe.
 */
final class WrittenPages {
  private static final int MOST = 1_000;

  private final InstantSource clock;
  private final Map<Key, Written> pages = new ConcurrentHashMap<>();

  private record Key(String feed, int limit) {}

  /** What was written, of what, and until when it is so. */
  private static final class Written {
    private final ServedFeed feed;
    private final Optional<String> pinned;
    private final long generation;
    private final long until;
    private final byte[] page;

    Written(ServedFeed feed, Optional<String> pinned, long generation, long until, byte[] page) {
      this.feed = feed;
      this.pinned = pinned;
      this.generation = generation;
      this.until = until;
      this.page = page;
    }
  }

  WrittenPages(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * The first page, if it is still what it was.
   *
   * @param pinned the post that stands before the items now; none where it is blocked
   * @param generation of the feed's newest items now
   */
  Optional<byte[]> find(ServedFeed feed, int limit, Optional<String> pinned, long generation) {
    @Nullable Written held = pages.get(new Key(feed.name(), limit));
    return held != null
            && held.generation == generation
            && held.feed.equals(feed)
            && held.pinned.equals(pinned)
            && held.until > clock.millis()
        ? Optional.of(held.page)
        : Optional.empty();
  }

  /** Holds a first page, in the place of the one before. */
  void hold(ServedFeed feed, int limit, Optional<String> pinned, FeedPage page, byte[] written) {
    if (pages.size() >= MOST) {
      pages.clear();
    }
    long until =
        page.entries().stream().mapToLong(FeedEntry::expiresAt).min().orElse(Long.MAX_VALUE);
    pages.put(
        new Key(feed.name(), limit), new Written(feed, pinned, page.generation(), until, written));
  }
}
