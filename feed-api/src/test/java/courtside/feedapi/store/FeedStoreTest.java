package courtside.feedapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.eventlog.feed.FeedVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FeedStoreTest {
  private static final FeedVersion FEED = FeedVersion.of("nba", "v1");
  private static final FeedVersion OTHER = FeedVersion.of("nba", "v2");

  @TempDir private Path directory;

  @Test
  void ordersByTimeAndThenByUri() {
    try (FeedStore store = open()) {
      Changes changes = new Changes();
      put(changes, FEED, "at://b", 5);
      put(changes, FEED, "at://a", 5);
      put(changes, FEED, "at://c", 6);
      put(changes, FEED, "at://old", -1);
      put(changes, FEED, "at://older", Long.MIN_VALUE / 2_000_000);
      put(changes, FeedVersion.of("nba", "v10"), "at://another", 5);
      put(changes, FeedVersion.of("nb", "v1"), "at://another", 5);
      store.apply(changes);

      assertThat(uris(store))
          .containsExactly("at://c", "at://b", "at://a", "at://old", "at://older");
    }
  }

  @Test
  void beginsStrictlyBelowAPosition() {
    try (FeedStore store = open()) {
      Changes changes = new Changes();
      put(changes, FEED, "at://a", 5);
      put(changes, FEED, "at://b", 5);
      put(changes, FEED, "at://c", 5);
      store.apply(changes);

      assertThat(below(store, new Position(5, "at://b"))).containsExactly("at://a");
      assertThat(below(store, new Position(5, "at://bb"))).containsExactly("at://b", "at://a");
      assertThat(below(store, new Position(4, "at://z"))).isEmpty();
    }
  }

  @Test
  void keepsTheLastOfSeveralChangesInOneBatch() {
    try (FeedStore store = open()) {
      Changes first = new Changes();
      put(first, FEED, "at://a", 1);
      put(first, FEED, "at://b", 1);
      store.apply(first);
      Changes second = new Changes();
      put(second, FEED, "at://a", 2);
      remove(second, FEED, "at://a");
      remove(second, FEED, "at://b");
      put(second, FEED, "at://b", 3);
      put(second, FEED, "at://b", 4);
      store.apply(second);

      assertThat(store.newest(FEED, null, entry -> true, 9, 9).entries())
          .containsExactly(new FeedEntry(new Position(4, "at://b"), 1_000));
      assertThat(store.items()).isEqualTo(1);
      agrees(store);
    }
  }

  @Test
  void stopsLookingAtALimitAndSaysWhere() {
    try (FeedStore store = open()) {
      Changes changes = new Changes();
      for (int n = 0; n < 20; n++) {
        put(changes, FEED, "at://" + n, n);
      }
      store.apply(changes);

      FeedStore.Scan scan = store.newest(FEED, null, entry -> false, 5, 8);

      assertThat(scan.entries()).isEmpty();
      assertThat(scan.stoppedAt()).contains(new Position(12, "at://12"));
    }
  }

  @Test
  void isTheSameAfterARestart() {
    try (FeedStore store = open()) {
      Changes changes = new Changes();
      put(changes, FEED, "at://a", 1);
      changes.offset(3, 17);
      changes.begin("topic", Instant.ofEpochMilli(5));
      changes.stoodAtEnd(Instant.ofEpochMilli(6));
      changes.serving(Map.of("nba", "v1"));
      changes.keep(Kept.DEFINITIONS, "nba", Optional.of(Bytes.of(new byte[] {1})));
      store.apply(changes);
    }

    try (FeedStore store = open()) {
      assertThat(uris(store)).containsExactly("at://a");
      assertThat(store.items()).isEqualTo(1);
      assertThat(store.offsets()).isEqualTo(Map.of(3, 17L));
      assertThat(store.topicId()).contains("topic");
      assertThat(store.begun()).contains(Instant.ofEpochMilli(5));
      assertThat(store.stoodAtEnd()).contains(Instant.ofEpochMilli(6));
      assertThat(store.serving()).isEqualTo(Map.of("nba", "v1"));
      assertThat(store.kept(Kept.DEFINITIONS)).isEqualTo(Map.of("nba", Bytes.of(new byte[] {1})));
    }
  }

  @Test
  void replacesWhatIsKeptOfATopicAndLeavesTheOthersAlone() {
    try (FeedStore store = open()) {
      Changes first = new Changes();
      first.keep(Kept.DEFINITIONS, "same", Optional.of(kept(1)));
      first.keep(Kept.BLOCKS, "same", Optional.of(kept(1)));
      first.keep(Kept.BLOCKS, "changed", Optional.of(kept(1)));
      first.keep(Kept.BLOCKS, "gone", Optional.of(kept(1)));
      store.apply(first);
      Changes second = new Changes();
      second.keep(Kept.BLOCKS, "later", Optional.of(kept(3)));
      second.replace(Kept.BLOCKS, Map.of("same", kept(1), "changed", kept(2), "new", kept(1)));
      store.apply(second);
    }

    try (FeedStore store = open()) {
      assertThat(store.kept(Kept.BLOCKS))
          .isEqualTo(
              Map.of(
                  "same", kept(1),
                  "changed", kept(2),
                  "new", kept(1),
                  "later", kept(3)));
      assertThat(store.kept(Kept.DEFINITIONS)).isEqualTo(Map.of("same", kept(1)));
      Changes third = new Changes();
      third.keep(Kept.BLOCKS, "same", Optional.empty());
      third.replace(Kept.DEFINITIONS, Map.of());
      store.apply(third);
      assertThat(store.kept(Kept.BLOCKS)).containsOnlyKeys("changed", "new", "later");
      assertThat(store.kept(Kept.DEFINITIONS)).isEmpty();
    }
  }

  private static Bytes kept(int value) {
    return Bytes.of(new byte[] {(byte) value});
  }

  @Test
  void throwsAwayWhatItCannotOpen() throws IOException {
    try (FeedStore store = open()) {
      Changes changes = new Changes();
      put(changes, FEED, "at://a", 1);
      store.apply(changes);
    }
    Files.writeString(database().resolve("CURRENT"), "nonsense");
    AtomicInteger discarded = new AtomicInteger();

    try (FeedStore store = FeedStore.open(database(), discarded::incrementAndGet)) {
      assertThat(discarded).hasValue(1);
      assertThat(uris(store)).isEmpty();
      assertThat(store.items()).isZero();
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(database());
    }
  }

  @Test
  void canBeReadWhileItCannotBeWritten() throws IOException {
    try (FeedStore store = open()) {
      Changes first = new Changes();
      put(first, FEED, "at://a", 1);
      store.apply(first);

      // when the file that RocksDB opens for writing before anything else cannot be written
      Path lock = database().resolve("LOCK");
      Files.delete(lock);
      Files.createDirectory(lock);
      assertThatThrownBy(store::reopen)
          .isInstanceOfSatisfying(
              StoreException.class, failure -> assertThat(failure.damaged()).isFalse());

      // then what is on disk is there, and a change is refused
      assertThat(uris(store)).containsExactly("at://a");
      Changes second = new Changes();
      put(second, FEED, "at://b", 2);
      assertThatThrownBy(() -> store.apply(second))
          .isInstanceOfSatisfying(
              StoreException.class, failure -> assertThat(failure.damaged()).isFalse());
      assertThat(store.damaged()).isFalse();

      // and once it can be written, the change is taken
      Files.delete(lock);
      store.reopen();
      store.apply(second);
      assertThat(uris(store)).containsExactly("at://b", "at://a");
    }
  }

  @Test
  void countsEachVersionAndFromATimeOn() {
    try (FeedStore store = open()) {
      Changes changes = new Changes();
      put(changes, FEED, "at://a", 1);
      put(changes, FEED, "at://b", 2);
      put(changes, FEED, "at://c", 3);
      put(changes, OTHER, "at://a", 9);
      store.apply(changes);
      Changes next = new Changes();
      put(next, FEED, "at://b", 4);
      remove(next, FEED, "at://c");
      remove(next, FEED, "at://never-there");
      remove(next, OTHER, "at://a");
      store.apply(next);

      assertThat(store.items(FEED)).isEqualTo(2);
      assertThat(store.items(OTHER)).isZero();
      assertThat(store.countFrom(FEED, new Position(1, ""), 9)).isEqualTo(2);
      assertThat(store.countFrom(FEED, new Position(2, ""), 9)).isEqualTo(1);
      assertThat(store.countFrom(FEED, new Position(4, ""), 9)).isEqualTo(1);
      assertThat(store.countFrom(FEED, new Position(5, ""), 9)).isZero();
      assertThat(store.countFrom(FEED, new Position(0, ""), 1)).isEqualTo(1);
      assertThat(store.countFrom(OTHER, new Position(0, ""), 9)).isZero();
    }
    try (FeedStore again = open()) {
      assertThat(again.items(FEED)).isEqualTo(2);
      assertThat(again.items()).isEqualTo(2);
    }
  }

  @Test
  void throwsAwayWhatAnotherVersionWrote() throws Exception {
    try (Database database = Database.open(database(), Database.WRITE_BUFFER_BYTES)) {
      database
          .rocks()
          .put(
              database.meta(),
              "layout".getBytes(StandardCharsets.UTF_8),
              "1".getBytes(StandardCharsets.UTF_8));
    }
    AtomicInteger discarded = new AtomicInteger();

    try (FeedStore store = FeedStore.open(database(), discarded::incrementAndGet)) {
      assertThat(discarded).hasValue(1);
      assertThat(store.offsets()).isEmpty();
    }
  }

  /** Every item is in the index once, and nothing else is. */
  private static void agrees(FeedStore store) {
    assertThat(store.indexedKeys()).containsExactlyInAnyOrderElementsOf(store.itemKeys());
    assertThat(store.items()).isEqualTo(store.itemKeys().size());
  }

  private Path database() {
    return directory.resolve("store");
  }

  private FeedStore open() {
    return FeedStore.open(
        database(),
        () -> {
          throw new AssertionError("thrown away");
        });
  }

  private static List<String> uris(FeedStore store) {
    return store.newest(FEED, null, entry -> true, 100, 100).entries().stream()
        .map(FeedEntry::uri)
        .toList();
  }

  private static List<String> below(FeedStore store, Position position) {
    return store.newest(FEED, position, entry -> true, 100, 100).entries().stream()
        .map(FeedEntry::uri)
        .toList();
  }

  private static void put(Changes changes, FeedVersion version, String uri, long sortAt) {
    Items.put(changes, version, uri, sortAt, 1_000);
  }

  private static void remove(Changes changes, FeedVersion version, String uri) {
    Items.remove(changes, version, uri);
  }
}
