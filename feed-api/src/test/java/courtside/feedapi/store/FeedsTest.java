package courtside.feedapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedVersion;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FeedsTest {
  private static final FeedVersion NBA = FeedVersion.of("nba", "v1");
  private static final FeedVersion WNBA = FeedVersion.of("wnba", "v1");

  /** Items that expire at 1,000 have. */
  private static final Instant NOW = Instant.ofEpochMilli(5_000);

  private FeedStore store;
  private Feeds feeds;

  @BeforeEach
  void open(@TempDir Path directory) {
    store =
        FeedStore.open(
            directory.resolve("store"),
            () -> {
              throw new AssertionError("thrown away");
            });
    feeds = new Feeds(store, () -> NOW);
    feeds.serve(true, Map.of("nba", "v1", "wnba", "v1"), Map.of(), Map.of());
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void followsEveryChange() {
    assertThat(uris(NBA, Optional.empty(), 9)).isEmpty();
    Changes changes = new Changes();
    Items.put(changes, NBA, "at://a", 1, 9_000);
    Items.put(changes, NBA, "at://b", 2, 9_000);
    Items.put(changes, WNBA, "at://c", 1, 9_000);
    feeds.move(store.apply(changes));
    assertThat(uris(NBA, Optional.empty(), 9)).containsExactly("at://b", "at://a");
    long before = feeds.generation(new ServedFeed(NBA, Optional.empty()));

    Changes more = new Changes();
    Items.remove(more, NBA, "at://b");
    Items.put(more, NBA, "at://a", 3, 9_000);
    Items.put(more, NBA, "at://d", 1, 9_000);
    feeds.move(store.apply(more));

    assertThat(uris(NBA, Optional.empty(), 9)).containsExactly("at://a", "at://d");
    assertThat(uris(WNBA, Optional.empty(), 9)).containsExactly("at://c");
    assertThat(feeds.generation(new ServedFeed(NBA, Optional.empty()))).isNotEqualTo(before);
  }

  @Test
  void readsAnewWhatTheStoreHoldsAfterItFailed() {
    assertThat(uris(NBA, Optional.empty(), 9)).isEmpty();
    Changes changes = new Changes();
    Items.put(changes, NBA, "at://a", 1, 9_000);
    // Written, and never heard of.
    var _ = store.apply(changes);

    feeds.forget();

    assertThat(uris(NBA, Optional.empty(), 9)).containsExactly("at://a");
  }

  @Test
  void findsWhatIsBelowAnyNumberOfExpiredItems() {
    Changes changes = new Changes();
    Items.put(changes, NBA, "at://newest", 100_000, 9_000);
    for (int n = 1; n <= 25_000; n++) {
      Items.put(changes, NBA, "at://expired" + n, n, 1_000);
    }
    Items.put(changes, NBA, "at://oldest", 0, 9_000);
    store.apply(changes);

    FeedPage first = page(NBA, Optional.empty(), 1);
    FeedPage second = page(NBA, first.next(), 1);

    assertThat(first.entries()).extracting(FeedEntry::uri).containsExactly("at://newest");
    assertThat(second.entries()).extracting(FeedEntry::uri).containsExactly("at://oldest");
    assertThat(second.next()).isEmpty();
  }

  @Test
  void fillsAPageOverAnyNumberOfExpiredItems() {
    Changes changes = new Changes();
    Items.put(changes, NBA, "at://newest", 100_000, 9_000);
    for (int n = 10; n <= 25_000; n++) {
      Items.put(changes, NBA, "at://expired" + n, n, 1_000);
    }
    for (int n = 0; n < 3; n++) {
      Items.put(changes, NBA, "at://old" + n, n, 9_000);
    }
    store.apply(changes);

    FeedPage first = page(NBA, Optional.empty(), 3);
    FeedPage second = page(NBA, first.next(), 3);

    assertThat(first.entries())
        .extracting(FeedEntry::uri)
        .containsExactly("at://newest", "at://old2", "at://old1");
    assertThat(second.entries()).extracting(FeedEntry::uri).containsExactly("at://old0");
    assertThat(second.next()).isEmpty();
  }

  @Test
  void endsWhereOnlyExpiredItemsAreLeft() {
    Changes changes = new Changes();
    for (int n = 1; n <= 12_000; n++) {
      Items.put(changes, NBA, "at://expired" + n, n, 1_000);
    }
    store.apply(changes);

    FeedPage page = page(NBA, Optional.empty(), 50);

    assertThat(page.entries()).isEmpty();
    assertThat(page.next()).isEmpty();
  }

  @Test
  void fillsPagesOverWhatIsBlockedInMemoryAndOnDisk() {
    Changes changes = new Changes();
    List<String> shown = new ArrayList<>();
    // More than are held in memory; every other post is somebody's, and every fifth is one's own.
    for (int n = 0; n < 1_000; n++) {
      String uri = "at://did:plc:%s/a.b.c/%04d".formatted(n % 2 == 0 ? "spam" : "fan", n);
      Items.put(changes, NBA, uri, n, 9_000);
      if (n % 2 == 1 && n % 5 != 0) {
        shown.addFirst(uri);
      }
    }
    store.apply(changes);
    Blocks blocks = new Blocks(1_000, () -> {});
    block(blocks, "did:plc:spam");
    for (int n = 5; n < 1_000; n += 10) {
      block(blocks, "at://did:plc:fan/a.b.c/%04d".formatted(n));
    }
    assertThat(uris(NBA, Optional.empty(), 1)).containsExactly("at://did:plc:fan/a.b.c/0999");
    block(blocks, "at://did:plc:fan/a.b.c/0999");
    shown.removeFirst();

    feeds.block(blocks);

    List<String> seen = new ArrayList<>();
    Optional<Position> after = Optional.empty();
    do {
      FeedPage page = page(NBA, after, 30);
      assertThat(page.entries()).hasSize(Math.min(30, shown.size() - seen.size()));
      page.entries().forEach(entry -> seen.add(entry.uri()));
      after = page.next();
    } while (after.isPresent());
    assertThat(seen).isEqualTo(shown);
    assertThat(feeds.newest(served(NBA), 3))
        .extracting(ShownItem::uri)
        .isEqualTo(shown.subList(0, 3));
  }

  @Test
  void findsWhatIsBelowAnyNumberOfBlockedItems() {
    Changes changes = new Changes();
    for (int n = 1; n <= 25_000; n++) {
      Items.put(changes, NBA, "at://did:plc:spam/a.b.c/" + n, n, 9_000);
    }
    Items.put(changes, NBA, "at://did:plc:fan/a.b.c/1", 0, 9_000);
    store.apply(changes);
    Blocks blocks = new Blocks(1, () -> {});
    block(blocks, "did:plc:spam");
    feeds.block(blocks);

    assertThat(uris(NBA, Optional.empty(), 50)).containsExactly("at://did:plc:fan/a.b.c/1");
  }

  @Test
  void readsAnewWhatItHeldWhenBlocksChange() {
    Changes changes = new Changes();
    Items.put(changes, NBA, "at://did:plc:a/a.b.c/1", 1, 9_000);
    Items.put(changes, NBA, "at://did:plc:b/a.b.c/1", 2, 9_000);
    store.apply(changes);
    long before = feeds.generation(served(NBA));
    Blocks blocks = new Blocks(1, () -> {});
    block(blocks, "did:plc:b");
    feeds.block(blocks);
    assertThat(uris(NBA, Optional.empty(), 9)).containsExactly("at://did:plc:a/a.b.c/1");
    assertThat(feeds.generation(served(NBA))).isNotEqualTo(before);

    var _ = blocks.put(Wish.Block.key("did:plc:b"), Optional.empty());
    feeds.block(blocks);
    assertThat(uris(NBA, Optional.empty(), 9))
        .containsExactly("at://did:plc:b/a.b.c/1", "at://did:plc:a/a.b.c/1");
  }

  @Test
  void keepsWhatItHoldsWhileOthersAreBlockedAndNoMore() {
    Changes changes = new Changes();
    for (int n = 0; n < 500; n++) {
      Items.put(changes, NBA, "at://did:plc:fan/a.b.c/%04d".formatted(n), n, 9_000);
    }
    store.apply(changes);
    List<String> shown = uris(NBA, Optional.empty(), 100);
    long read = feeds.generation(served(NBA));
    Blocks blocks = new Blocks(10_000, () -> {});

    // As many as an import of a list, a poll at a time.
    for (int poll = 0; poll < 100; poll++) {
      for (int n = 0; n < 100; n++) {
        block(blocks, "did:plc:spam" + (100 * poll + n));
      }
      feeds.block(blocks);
    }
    assertThat(feeds.blocked()).isEqualTo(10_000);
    assertThat(feeds.generation(served(NBA))).isEqualTo(read);
    // A connection reads all of them anew.
    Blocks anew = new Blocks(10_000, () -> {});
    for (int n = 0; n < 9_000; n++) {
      block(anew, "did:plc:spam" + n);
    }
    feeds.block(anew);
    for (int n = 0; n < 9_000; n++) {
      var _ = anew.put(Wish.Block.key("did:plc:spam" + n), Optional.empty());
      if (n % 100 == 0) {
        feeds.block(anew);
      }
    }
    feeds.block(anew);

    assertThat(feeds.generation(served(NBA))).isEqualTo(read);
    assertThat(uris(NBA, Optional.empty(), 100)).isEqualTo(shown);
  }

  @Test
  void takesOutWhatIsBlockedAndLeavesOtherFeedsAlone() {
    Changes changes = new Changes();
    for (int n = 0; n < 500; n++) {
      String author = n % 5 == 0 ? "spam" : "fan";
      Items.put(changes, NBA, "at://did:plc:%s/a.b.c/%04d".formatted(author, n), n, 9_000);
    }
    Items.put(changes, WNBA, "at://did:plc:fan/a.b.c/1", 1, 9_000);
    store.apply(changes);
    assertThat(uris(NBA, Optional.empty(), 1)).hasSize(1);
    assertThat(uris(WNBA, Optional.empty(), 1)).hasSize(1);
    long read = feeds.generation(served(NBA));
    long other = feeds.generation(served(WNBA));
    Blocks blocks = new Blocks(2, () -> {});
    block(blocks, "did:plc:spam");
    feeds.block(blocks);

    long without = feeds.generation(served(NBA));
    assertThat(without).as("what was written of it is not shown again").isNotEqualTo(read);
    assertThat(uris(NBA, Optional.empty(), 500)).hasSize(400).noneMatch(blocks::hides);
    assertThat(feeds.generation(served(WNBA))).isEqualTo(other);
    // What is hidden already is hidden again by another block, and nothing changes.
    block(blocks, "at://did:plc:spam/a.b.c/0000");
    feeds.block(blocks);
    assertThat(feeds.generation(served(NBA))).isEqualTo(without);
    var _ = blocks.put(Wish.Block.key("did:plc:spam"), Optional.empty());
    feeds.block(blocks);
    assertThat(uris(NBA, Optional.empty(), 500)).hasSize(499);
    // From then on it is again as if nothing had been blocked.
    long again = feeds.generation(served(NBA));
    block(blocks, "did:plc:nobody");
    feeds.block(blocks);
    assertThat(feeds.generation(served(NBA))).isEqualTo(again);
  }

  @Test
  void showsWhatCameWhileItWasBlockedOnceItIsNoMore() {
    assertThat(uris(NBA, Optional.empty(), 9)).isEmpty();
    Blocks blocks = new Blocks(1, () -> {});
    block(blocks, "did:plc:late");
    feeds.block(blocks);
    Changes changes = new Changes();
    Items.put(changes, NBA, "at://did:plc:late/a.b.c/1", 1, 9_000);
    feeds.move(store.apply(changes));
    assertThat(uris(NBA, Optional.empty(), 9)).isEmpty();

    var _ = blocks.put(Wish.Block.key("did:plc:late"), Optional.empty());
    feeds.block(blocks);

    assertThat(uris(NBA, Optional.empty(), 9)).containsExactly("at://did:plc:late/a.b.c/1");
  }

  @Test
  void isAnotherWhereWhatIsBlockedIsBelowWhatItHolds() {
    Changes changes = new Changes();
    for (int n = 1; n <= 11_000; n++) {
      Items.put(changes, NBA, "at://expired" + n, n, 1_000);
    }
    Items.put(changes, NBA, "at://did:plc:fan/a.b.c/1", 0, 9_000);
    store.apply(changes);
    FeedPage first = page(NBA, Optional.empty(), 9);
    assertThat(first.entries()).hasSize(1);
    assertThat(feeds.generation(served(NBA))).isEqualTo(first.generation());
    Blocks blocks = new Blocks(2, () -> {});
    block(blocks, "did:plc:fan");
    feeds.block(blocks);

    assertThat(feeds.generation(served(NBA))).isNotEqualTo(first.generation());
    assertThat(uris(NBA, Optional.empty(), 9)).isEmpty();
  }

  @Test
  void readsMoreWhereMuchIsTakenOut() {
    Changes changes = new Changes();
    for (int n = 0; n < 15_000; n++) {
      String author = n < 8_000 ? "fan" : "spam";
      Items.put(changes, NBA, "at://did:plc:%s/a.b.c/%05d".formatted(author, n), n, 9_000);
    }
    store.apply(changes);
    assertThat(uris(NBA, Optional.empty(), 1)).hasSize(1);
    Blocks blocks = new Blocks(1, () -> {});
    block(blocks, "did:plc:spam");
    feeds.block(blocks);

    assertThat(uris(NBA, Optional.empty(), 9_000)).hasSize(8_000);
    // All of it is in memory: what the store holds is not asked.
    store.close();
    assertThat(uris(NBA, Optional.empty(), 9_000)).hasSize(8_000);
  }

  @Test
  void showsWhatIsNotBlockedWhoeverReadsMeanwhile() throws Exception {
    Changes changes = new Changes();
    for (int n = 0; n < 2_000; n++) {
      String uri = "at://did:plc:%d/a.b.c/%04d".formatted(n % 20, n);
      Items.put(changes, n % 2 == 0 ? NBA : WNBA, uri, n, 9_000);
    }
    store.apply(changes);
    Random random = new Random(29);
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
      List<Future<Integer>> reading = new ArrayList<>();
      for (FeedVersion version : List.of(NBA, WNBA)) {
        reading.add(
            readers.submit(() -> {
              int pages = 0;
              while (!done.get()) {
                pages += page(version, Optional.empty(), 30).entries().isEmpty() ? 0 : 1;
              }
              return pages;
            }));
      }
      Blocks blocks = new Blocks(100, () -> {});
      Set<String> authors = new HashSet<>();
      for (int turn = 0; turn < 300; turn++) {
        String author = "did:plc:" + random.nextInt(16);
        if (authors.add(author)) {
          block(blocks, author);
        } else {
          authors.remove(author);
          var _ = blocks.put(Wish.Block.key(author), Optional.empty());
        }
        if (turn % 7 == 0) {
          // Read anew, as by a connection.
          blocks = new Blocks(100, () -> {});
          for (String blocked : authors) {
            block(blocks, blocked);
          }
        }
        feeds.block(blocks);
        int shown = 50 * (20 - authors.size());
        assertThat(all(NBA).size() + all(WNBA).size()).as("turn %d", turn).isEqualTo(2 * shown);
        assertThat(all(NBA)).noneMatch(blocks::hides);
        assertThat(all(WNBA)).noneMatch(blocks::hides);
      }
      done.set(true);
      for (Future<Integer> one : reading) {
        assertThat(one.get()).isPositive();
      }
    }
  }

  @Test
  void neitherRepeatsNorMissesWhatIsNeverBlockedWhileOthersAre() {
    Random random = new Random(23);
    Changes changes = new Changes();
    List<String> uris = new ArrayList<>();
    for (int n = 0; n < 2_000; n++) {
      String uri = "at://did:plc:%d/a.b.c/%04d".formatted(n % 40, n);
      uris.addFirst(uri);
      Items.put(changes, NBA, uri, n / 3, 9_000);
    }
    store.apply(changes);
    Blocks blocks = new Blocks(100, () -> {});
    Set<String> everBlocked = new HashSet<>();
    List<String> seen = new ArrayList<>();
    Optional<Position> after = Optional.empty();
    do {
      int author = random.nextInt(20);
      if (random.nextBoolean()) {
        block(blocks, "did:plc:" + author);
        everBlocked.add("at://did:plc:" + author + "/");
      } else {
        var _ = blocks.put(Wish.Block.key("did:plc:" + author), Optional.empty());
      }
      feeds.block(blocks);
      FeedPage page = page(NBA, after, 17);
      assertThat(page.entries()).noneMatch(entry -> blocks.hides(entry.uri()));
      if (page.next().isPresent()) {
        assertThat(page.entries()).hasSize(17);
      }
      page.entries().forEach(entry -> seen.add(entry.uri()));
      after = page.next();
    } while (after.isPresent());

    assertThat(seen).doesNotHaveDuplicates();
    uris.removeIf(uri -> everBlocked.stream().anyMatch(uri::startsWith));
    assertThat(uris).hasSizeGreaterThanOrEqualTo(1_000);
    assertThat(seen).containsSubsequence(uris);
  }

  private static void block(Blocks blocks, String subject) {
    blocks.restore(subject, Bytes.of(new byte[0]));
  }

  /** Of a feed that is held whole. */
  private List<String> all(FeedVersion version) {
    return uris(version, Optional.empty(), 5_000);
  }

  private static ServedFeed served(FeedVersion version) {
    return new ServedFeed(version, Optional.empty());
  }

  private FeedPage page(FeedVersion version, Optional<Position> after, int limit) {
    return feeds.page(new ServedFeed(version, Optional.empty()), after, limit, uri -> false);
  }

  private List<String> uris(FeedVersion version, Optional<Position> after, int limit) {
    return page(version, after, limit).entries().stream().map(FeedEntry::uri).toList();
  }
}
