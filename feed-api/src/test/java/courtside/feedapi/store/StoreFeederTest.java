package courtside.feedapi.store;

import static courtside.testkit.feeds.FeedLog.DAY;
import static courtside.testkit.feeds.FeedLog.item;
import static courtside.testkit.feeds.FeedLog.uri;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.Bytes;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedVersion;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.feeds.FeedLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the feeder does when the store fails under it: a store that is closed takes nothing. */
@Timeout(120)
final class StoreFeederTest {
  private static final String FEED = "nba";

  @TempDir private Path directory;
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private EmbeddedBroker broker;
  private FeedLog log;

  @BeforeEach
  void start() throws InterruptedException {
    broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    log = new FeedLog(broker.bootstrap());
  }

  @AfterEach
  void stop() {
    log.close();
    broker.close();
  }

  @Test
  void writesTheChoiceAgainThatCouldNotBeWritten() {
    FeedVersion old = log.serve(FEED, "v1");
    log.put(old, uri(1), item(1));
    log.flush();
    try (StoreFeeder feeder = follow(() -> DAY, System::nanoTime)) {
      until(() -> serves(feeder, "v1"));

      // when the batch with the choice of v2 cannot be written
      feeder.store().close();
      log.put(
          FEED,
          FeedLog.state(
              Optional.of("v2"), Optional.of("v1"), Collections.nCopies(FeedLog.PARTITIONS, 0L)));
      log.flush();
      until(() -> serves(feeder, "v2"));
    }

    // then it is on disk nonetheless
    try (FeedStore store = FeedStore.open(database(), () -> {})) {
      assertThat(store.serving()).isEqualTo(Map.of(FEED, "v2"));
    }
  }

  @Test
  void isNotCompleteBeforeThatIsWritten() {
    int items = 5_000;
    FeedVersion feed = FeedVersion.of(FEED, "v1");
    AtomicInteger asked = new AtomicInteger();
    AtomicBoolean early = new AtomicBoolean();
    StoreFeeder[] running = new StoreFeeder[1];

    // given that the end of an empty log is reached, and the batch that says so cannot be written
    InstantSource clock =
        () -> {
          int times = asked.incrementAndGet();
          if (times == 2) {
            running[0].store().openForReading();
          } else if (times == 3) {
            // when there is more to read once the store can be written again
            for (int n = 0; n < items; n++) {
              log.put(feed, uri(n), item(n));
            }
            log.flush();
          }
          return DAY;
        };
    LongSupplier nanoTime =
        () -> {
          if (running[0] != null && running[0].feeds().filled() && running[0].items() < items) {
            early.set(true);
          }
          return System.nanoTime();
        };
    try (StoreFeeder feeder = open(clock, nanoTime)) {
      running[0] = feeder;
      feeder.follow(new KafkaAddress(broker.bootstrap()), () -> {});
      until(() -> feeder.items() == items && feeder.feeds().filled());
    }

    // then it is complete only with that
    assertThat(early).isFalse();
  }

  @Test
  void buildsAnewWhatIsFoundDamagedWhenOpenedAgain() {
    FeedVersion feed = log.serve(FEED, "v1");
    log.put(feed, uri(1), item(1));
    log.flush();
    try (StoreFeeder feeder = follow(() -> DAY, System::nanoTime)) {
      until(() -> serves(feeder, "v1") && feeder.items() == 1);

      feeder.store().close();
      damage();
      log.put(feed, uri(2), item(2));
      log.flush();

      until(() -> feeder.feeds().filled() && feeder.items() == 2);
      assertThat(discards()).isEqualTo(1);
    }
  }

  @Test
  void keepsWhatIsBlockedWhileTheStoreIsBuiltAnew() {
    FeedVersion feed = log.serve(FEED, "v1");
    log.put(feed, uri(1), item(1));
    log.block(uri(1));
    log.flush();
    StoreFeeder[] running = new StoreFeeder[1];
    AtomicBoolean discarded = new AtomicBoolean();
    AtomicInteger readings = new AtomicInteger();
    AtomicBoolean forgotten = new AtomicBoolean();
    // Asked once before a connection reads anything, among others.
    LongSupplier nanoTime =
        () -> {
          if (discarded.get() && discards() > 0) {
            readings.incrementAndGet();
            forgotten.compareAndSet(false, !running[0].feeds().isBlocked(uri(1)));
          }
          return System.nanoTime();
        };
    try (StoreFeeder feeder = open(() -> DAY, nanoTime)) {
      running[0] = feeder;
      feeder.follow(new KafkaAddress(broker.bootstrap()), () -> {});
      until(() -> serves(feeder, "v1") && feeder.feeds().isBlocked(uri(1)));

      discarded.set(true);
      feeder.store().close();
      damage();
      log.put(feed, uri(2), item(2));
      log.flush();

      until(() -> feeder.feeds().filled() && feeder.items() == 2);
      assertThat(readings).hasPositiveValue();
      assertThat(forgotten).isFalse();
      assertThat(feeder.blocks()).isOne();
      assertThat(feeder.store().kept(Kept.BLOCKS)).containsOnlyKeys(uri(1));
    }
  }

  @Test
  void isNotFilledBeforeAllThatIsBlockedIsKnown() {
    int many = 20_000;
    log.serve(FEED, "v1");
    for (int n = 0; n < many; n++) {
      log.block(uri(n));
    }
    log.flush();
    StoreFeeder[] running = new StoreFeeder[1];
    AtomicBoolean early = new AtomicBoolean();
    LongSupplier nanoTime =
        () -> {
          if (running[0] != null && running[0].feeds().filled() && running[0].blocks() < many) {
            early.set(true);
          }
          return System.nanoTime();
        };
    try (StoreFeeder feeder = open(() -> DAY, nanoTime)) {
      running[0] = feeder;
      feeder.follow(new KafkaAddress(broker.bootstrap()), () -> {});
      until(() -> feeder.feeds().filled());
      assertThat(feeder.blocks()).isEqualTo(many);
      assertThat(feeder.controlOffset()).hasValue(many);
      assertThat(early).isFalse();
    }
  }

  @Test
  void readsNoFeedAnewForAListOfBlocksThatTouchesNone() {
    int many = 10_000;
    FeedVersion version = log.serve(FEED, "v1");
    for (int n = 0; n < 300; n++) {
      log.put(version, uri(n), item(n));
    }
    log.flush();
    try (StoreFeeder feeder = follow(() -> DAY, System::nanoTime)) {
      until(() -> serves(feeder, "v1") && feeder.items() == 300);
      ServedFeed feed = feeder.feeds().find(FEED).orElseThrow();
      List<FeedEntry> shown = newest(feeder, feed);
      long read = feeder.feeds().generation(feed);

      for (int n = 0; n < many; n++) {
        log.block("did:plc:spam" + n);
      }
      log.flush();
      until(() -> feeder.blocks() == many && feeder.controlOffset().orElse(0) == many);
      assertThat(newest(feeder, feed)).isEqualTo(shown);
      assertThat(feeder.feeds().generation(feed)).isEqualTo(read);

      log.block(uri(299));
      log.flush();
      until(() -> feeder.feeds().generation(feed) != read);
      assertThat(newest(feeder, feed)).isEqualTo(shown.subList(1, shown.size()));
    }
  }

  private static List<FeedEntry> newest(StoreFeeder feeder, ServedFeed feed) {
    return feeder.feeds().page(feed, Optional.empty(), 1_000, uri -> false).entries();
  }

  @Test
  void countsWhatIsBlockedBeyondItsLimit() {
    log.block(uri(1));
    log.block(uri(2));
    log.block(uri(3));
    log.flush();
    try (StoreFeeder feeder =
        StoreFeeder.open(
            database(),
            new StoreFeeder.Limits(Duration.ofHours(1), Duration.ofDays(6), 2),
            () -> DAY,
            System::nanoTime,
            metrics)) {
      feeder.follow(new KafkaAddress(broker.bootstrap()), () -> {});
      until(() -> feeder.feeds().filled());
      assertThat(feeder.blocks()).isEqualTo(2);
      assertThat(skipped("block_beyond_limit")).isEqualTo(1);
    }
  }

  @Test
  void countsByItselfWhatIsBlockedOnDiskAndCannotBe() {
    Bytes none = Bytes.of(new byte[0]);
    try (FeedStore store = FeedStore.open(database(), () -> {})) {
      Changes changes = new Changes();
      changes.keep(Kept.BLOCKS, uri(1), Optional.of(none));
      changes.keep(Kept.BLOCKS, "nobody", Optional.of(none));
      changes.keep(Kept.BLOCKS, "at://did:plc:a", Optional.of(none));
      changes.keep(Kept.DEFINITIONS, "nonsense/", Optional.of(none));
      store.apply(changes);
    }
    try (StoreFeeder feeder = open(() -> DAY, System::nanoTime)) {
      assertThat(feeder.blocks()).isOne();
      assertThat(feeder.feeds().isBlocked(uri(1))).isTrue();
      assertThat(skipped("stored_block")).isEqualTo(2);
      assertThat(skipped("definition")).isEqualTo(1);
    }
  }

  @Test
  void hidesAtOnceWhatWasBlockedBeforeAndThenOnlyWhatStillIs() {
    log.block(uri(1));
    log.block(uri(2));
    log.flush();
    try (StoreFeeder feeder = follow(() -> DAY, System::nanoTime)) {
      until(() -> feeder.feeds().filled() && feeder.blocks() == 2);
      // Once it has been read whole, one by one.
      log.block(uri(3));
      log.unblock(uri(2));
      log.flush();
      until(() -> feeder.feeds().isBlocked(uri(3)) && !feeder.feeds().isBlocked(uri(2)));
      until(() -> feeder.store().kept(Kept.BLOCKS).keySet().equals(Set.of(uri(1), uri(3))));
    }
    // While nobody looks.
    log.unblock(uri(3));
    log.block(uri(4));
    log.flush();
    try (StoreFeeder feeder = open(() -> DAY, System::nanoTime)) {
      assertThat(feeder.feeds().isBlocked(uri(1))).isTrue();
      assertThat(feeder.feeds().isBlocked(uri(2))).isFalse();
      assertThat(feeder.feeds().isBlocked(uri(3))).isTrue();
      assertThat(feeder.controlOffset()).isEmpty();

      feeder.follow(new KafkaAddress(broker.bootstrap()), () -> {});
      until(() -> feeder.feeds().isBlocked(uri(4)));
      assertThat(feeder.feeds().isBlocked(uri(1))).isTrue();
      assertThat(feeder.feeds().isBlocked(uri(3))).isFalse();
    }
  }

  private double skipped(String reason) {
    return metrics
        .get("courtside.feed.api.records.skipped")
        .tag("reason", reason)
        .counter()
        .count();
  }

  private double discards() {
    return metrics
        .get("courtside.feed.api.store.discarded")
        .tag("reason", "damaged")
        .counter()
        .count();
  }

  private void damage() {
    try {
      Files.writeString(database().resolve("CURRENT"), "nonsense");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void until(Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20)).until(condition);
  }

  private static boolean serves(StoreFeeder feeder, String version) {
    return feeder.feeds().filled()
        && feeder
            .feeds()
            .find(FEED)
            .filter(feed -> feed.version().version().equals(version))
            .isPresent();
  }

  private Path database() {
    return directory.resolve("store");
  }

  private StoreFeeder follow(InstantSource clock, LongSupplier nanoTime) {
    StoreFeeder feeder = open(clock, nanoTime);
    feeder.follow(new KafkaAddress(broker.bootstrap()), () -> {});
    return feeder;
  }

  /** Notes once, at the first end it reaches: of what it writes later, all comes from the log. */
  private StoreFeeder open(InstantSource clock, LongSupplier nanoTime) {
    return StoreFeeder.open(
        database(),
        new StoreFeeder.Limits(Duration.ofHours(1), Duration.ofDays(6), Wish.Block.MOST),
        clock,
        nanoTime,
        metrics);
  }
}
