package courtside.feedapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.eventlog.feed.FeedVersion;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    feeds.serve(true, Map.of("nba", "v1", "wnba", "v1"), Map.of());
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void forgetsWhatItCouldNotReadAnew() {
    assertThat(uris(NBA, Optional.empty(), 9)).isEmpty();
    assertThat(uris(WNBA, Optional.empty(), 9)).isEmpty();
    Changes changes = new Changes();
    Items.put(changes, NBA, "at://a", 1, 9_000);
    Items.put(changes, WNBA, "at://b", 1, 9_000);
    Set<FeedVersion> touched = store.apply(changes);

    // when the store fails between the batch and its readers
    store.close();
    assertThatThrownBy(() -> feeds.refresh(touched)).isInstanceOf(StoreException.class);
    store.reopen();

    assertThat(uris(NBA, Optional.empty(), 9)).containsExactly("at://a");
    assertThat(uris(WNBA, Optional.empty(), 9)).containsExactly("at://b");
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

  private FeedPage page(FeedVersion version, Optional<Position> after, int limit) {
    return feeds.page(new ServedFeed(version, Optional.empty()), after, limit, uri -> false);
  }

  private List<String> uris(FeedVersion version, Optional<Position> after, int limit) {
    return page(version, after, limit).entries().stream().map(FeedEntry::uri).toList();
  }
}
