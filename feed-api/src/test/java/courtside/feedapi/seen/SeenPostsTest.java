package courtside.feedapi.seen;

import static courtside.feedapi.seen.InteractionLog.interaction;
import static courtside.feedapi.seen.InteractionLog.uri;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.syntax.Did;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.feed.Interaction;
import courtside.feedapi.ManualClock;
import courtside.service.kafka.KafkaAddress;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What viewers have seen, from a real log. */
@Timeout(120)
final class SeenPostsTest {
  private static final Did ANNA = new Did("did:plc:anna");
  private static final Did BORIS = new Did("did:plc:boris");
  private static final long SEED = 20_261_127;
  private static final int MOST = 1_000;
  private static final Duration KEEP = Duration.ofDays(7);
  private static final SeenPosts.Limits LIMITS =
      new SeenPosts.Limits(MOST, KEEP, 10_000, Duration.ofMillis(200));

  /** Within what the topic keeps, and what a broker takes. */
  private final Instant day = Instant.now().minus(Duration.ofDays(15)).truncatedTo(ChronoUnit.DAYS);

  @TempDir private Path directory;
  private final ManualClock clock = new ManualClock(day);
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private EmbeddedBroker broker;
  private InteractionLog log;

  @BeforeEach
  void start() throws InterruptedException {
    broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    log = new InteractionLog(broker.bootstrap());
  }

  @AfterEach
  void stop() {
    log.close();
    broker.close();
  }

  @Test
  void areTheLastOnesOfEachViewer() throws Exception {
    try (SeenPosts posts = follow("seen")) {
      for (int n = 0; n < MOST + 3; n++) {
        log.seen(ANNA, n, day);
      }
      // Seen again, so that it is not the oldest any more.
      log.seen(ANNA, 0, day);
      log.report(
          BORIS, interaction("app.bsky.feed.defs#interactionLike", Optional.of(uri(4))), day);
      untilRead(posts);

      assertThat(seen(posts, ANNA, MOST + 5))
          .isEqualTo(IntStream.range(0, MOST + 3).filter(n -> n == 0 || n > 3).boxed().toList());
      assertThat(seen(posts, BORIS, MOST + 5)).isEmpty();
      assertThat(posts.viewers()).isEqualTo(1);
      assertThat(posts.trouble()).isEmpty();
    }
  }

  @Test
  void areForgottenAfterAWhile() throws Exception {
    try (SeenPosts posts = follow("seen")) {
      log.seen(ANNA, 1, day.minus(KEEP));
      log.seen(ANNA, 2, day.minus(KEEP).plusSeconds(1));
      log.seen(ANNA, 3, day);
      log.seen(BORIS, 3, day);
      untilRead(posts);

      assertThat(seen(posts, ANNA, 5)).containsExactly(2, 3);
      clock.advance(Duration.ofSeconds(1));
      assertThat(seen(posts, ANNA, 5)).containsExactly(3);
      clock.advance(KEEP.minusSeconds(2));
      assertThat(seen(posts, ANNA, 5)).containsExactly(3);
      log.seen(BORIS, 4, clock.instant());
      untilRead(posts);
      clock.advance(Duration.ofSeconds(1));
      assertThat(seen(posts, ANNA, 5)).isEmpty();

      // Who does not come back is forgotten altogether.
      until(() -> posts.viewers() == 1);
      assertThat(seen(posts, BORIS, 5)).containsExactly(4);
    }
  }

  @Test
  void areThereWithoutKafkaAndGoOnWhereTheyWere() throws Exception {
    try (SeenPosts posts = follow("seen")) {
      log.seen(ANNA, 1, day);
      untilRead(posts);

      // when the broker goes away under it
      int port = port();
      log.close();
      broker.close();
      assertThat(seen(posts, ANNA, 5)).containsExactly(1);

      // then it goes on by itself once it is back
      broker = EmbeddedBroker.start(directory.resolve("broker"), port);
      log = new InteractionLog(broker.bootstrap());
      log.seen(ANNA, 2, day);
      untilRead(posts);
      assertThat(seen(posts, ANNA, 5)).containsExactly(1, 2);
    }

    // and when it starts without one
    int port = port();
    log.close();
    broker.close();
    try (SeenPosts posts = follow("seen", "127.0.0.1:" + port)) {
      assertThat(seen(posts, ANNA, 5)).containsExactly(1, 2);
      until(() -> !posts.trouble().isEmpty());

      broker = EmbeddedBroker.start(directory.resolve("broker"), port);
      log = new InteractionLog(broker.bootstrap());
      // Not read again: what is deleted by now stays seen.
      log.deleteAll();
      log.seen(ANNA, 3, day);
      untilRead(posts);
      assertThat(seen(posts, ANNA, 5)).containsExactly(1, 2, 3);
      until(() -> posts.trouble().isEmpty());
    }
  }

  @Test
  void stayWhereTheLogWasDeletedUnread() throws Exception {
    try (SeenPosts posts = follow("seen")) {
      log.seen(ANNA, 1, day);
      untilRead(posts);
    }
    log.seen(ANNA, 2, day);
    log.deleteAll();
    log.seen(ANNA, 3, day);

    try (SeenPosts posts = follow("seen")) {
      untilRead(posts);
      assertThat(seen(posts, ANNA, 5)).containsExactly(1, 3);
      assertThat(discarded("another_topic")).isZero();
    }
  }

  @Test
  void areThoseOfTheTopicThatIsThere() throws Exception {
    try (SeenPosts posts = follow("seen")) {
      log.seen(ANNA, 1, day);
      untilRead(posts);

      // when the topic is made anew under it
      log.deleteTopic();
      until(log::createsTopic);
      log.seen(ANNA, 2, day);
      log.flush();

      until(() -> seen(posts, ANNA, 5).equals(List.of(2)));
      assertThat(discarded("another_topic")).isEqualTo(1);
    }

    // and when while it was stopped
    log.deleteTopic();
    until(log::createsTopic);
    log.seen(ANNA, 3, day);
    log.flush();
    try (SeenPosts posts = follow("seen")) {
      until(() -> seen(posts, ANNA, 5).equals(List.of(3)));
    }
  }

  @Test
  void areTheSameInEveryReplica() throws Exception {
    Random random = new Random(SEED);
    List<Did> viewers =
        IntStream.range(0, 20).mapToObj(n -> new Did("did:plc:viewer" + n)).toList();
    try (SeenPosts one = follow("one")) {
      for (int round = 0; round < 3; round++) {
        for (int n = 0; n < 3_000; n++) {
          int viewer = random.nextInt(1 + random.nextInt(20));
          Instant at = day.minusSeconds(random.nextInt(3_600));
          log.seen(viewers.get(viewer), random.nextInt(5_000), at);
        }
        // One that is stopped and started, and one that reads all at once.
        try (SeenPosts two = follow("two")) {
          untilRead(two);
        }
      }
      untilRead(one);
      try (SeenPosts two = follow("two");
          SeenPosts three = follow("three")) {
        untilRead(two);
        untilRead(three);
        assertThat(one.store().all()).hasSize(20);
        for (Did viewer : viewers) {
          byte[] held = one.store().all().get(viewer.value());
          assertThat(two.store().all().get(viewer.value())).isEqualTo(held);
          assertThat(three.store().all().get(viewer.value())).isEqualTo(held);
        }
      }
    }
  }

  @Test
  void areNoneThatCannotBeUsed() throws Exception {
    byte[] anna = ANNA.value().getBytes(StandardCharsets.UTF_8);
    long now = day.toEpochMilli();
    byte[] good = Interaction.FORMAT.encode(interaction(Interaction.SEEN, Optional.of(uri(1))));
    try (SeenPosts posts = follow("seen")) {
      log.abort(ANNA, 9, day);
      log.send(null, good, now);
      log.send(new byte[] {(byte) 0xff}, good, now);
      log.send("did:plc:".getBytes(StandardCharsets.UTF_8), good, now);
      log.send(anna, null, now);
      log.send(anna, new byte[] {1, 2, 3}, now);
      log.report(ANNA, interaction(Interaction.SEEN, Optional.empty()), day);
      log.report(ANNA, interaction(Interaction.SEEN, Optional.of("at://example.com/a.b.c/1")), day);
      log.seen(ANNA, 2, day);
      untilRead(posts);

      assertThat(seen(posts, ANNA, 10)).containsExactly(2);
      assertThat(posts.viewers()).isEqualTo(1);
      assertThat(skipped("key")).isEqualTo(3);
      assertThat(skipped("value")).isEqualTo(2);
      assertThat(skipped("item")).isEqualTo(2);
    }
  }

  @Test
  void areReadAnewWhereTheStoreIsDamaged() throws Exception {
    try (SeenPosts posts = follow("seen")) {
      log.seen(ANNA, 1, day);
      untilRead(posts);

      // when a reader comes upon damage
      posts.store().put(ANNA, new byte[] {1});
      assertThat(posts.seenBy(ANNA).test(uri(1))).isFalse();
      until(() -> seen(posts, ANNA, 5).equals(List.of(1)));
      assertThat(discarded("damaged")).isEqualTo(1);
      assertThat(metrics.get("courtside.feed.api.seen.unreadable").counter().count()).isPositive();
    }

    // and when it is damaged while it is closed
    Files.writeString(directory.resolve("seen").resolve("CURRENT"), "nonsense");
    try (SeenPosts posts = open("seen")) {
      assertThat(seen(posts, ANNA, 5)).isEmpty();
      assertThat(discarded("damaged")).isEqualTo(2);
      posts.follow(new KafkaAddress(broker.bootstrap()));
      until(() -> seen(posts, ANNA, 5).equals(List.of(1)));
    }
  }

  @Test
  void areNoneWhereTheStoreCannotBeOpenedUntilItCan() throws Exception {
    log.seen(ANNA, 1, day);
    Path inTheWay = Files.writeString(directory.resolve("taken"), "a file");

    try (SeenPosts posts = open("taken/seen")) {
      assertThat(seen(posts, ANNA, 5)).isEmpty();
      assertThat(posts.trouble()).contains("cannot be kept");
      posts.follow(new KafkaAddress(broker.bootstrap()));

      Files.delete(inTheWay);
      until(() -> seen(posts, ANNA, 5).equals(List.of(1)));
      assertThat(posts.trouble()).isEmpty();
    }
  }

  @Test
  void canBeAskedForWhileTheStoreIsThrownAwayAndClosed() throws Exception {
    log.seen(ANNA, 1, day);
    SeenPosts posts = follow("seen");
    untilRead(posts);
    AtomicBoolean ending = new AtomicBoolean();
    List<CompletableFuture<Void>> readers =
        IntStream.range(0, 4)
            .mapToObj(n ->
                CompletableFuture.runAsync(() -> {
                  while (!ending.get()) {
                    assertThat(posts.seenBy(ANNA).test(uri(2))).isFalse();
                  }
                }))
            .toList();

    for (int times = 0; times < 5; times++) {
      posts.store().discard();
    }
    posts.close();
    posts.close();

    assertThat(posts.seenBy(ANNA).test(uri(1))).isFalse();
    ending.set(true);
    readers.forEach(CompletableFuture::join);
  }

  private int port() {
    return Integer.parseInt(broker.bootstrap().substring(broker.bootstrap().indexOf(':') + 1));
  }

  private static List<Integer> seen(SeenPosts posts, Did viewer, int uris) {
    Predicate<String> seen = posts.seenBy(viewer);
    return IntStream.range(0, uris).filter(n -> seen.test(uri(n))).boxed().toList();
  }

  private void untilRead(SeenPosts posts) throws Exception {
    var ends = log.ends();
    // Or more: the marker of a transaction may come later.
    until(() -> {
      var offsets = posts.store().offsets();
      return ends.entrySet().stream()
          .allMatch(end -> offsets.getOrDefault(end.getKey(), -1L) >= end.getValue());
    });
  }

  private double skipped(String reason) {
    return metrics
        .get("courtside.feed.api.seen.records.skipped")
        .tag("reason", reason)
        .counter()
        .count();
  }

  private double discarded(String reason) {
    return metrics.get("courtside.feed.api.seen.discarded").tag("reason", reason).counter().count();
  }

  private SeenPosts follow(String name) throws IOException {
    return follow(name, broker.bootstrap());
  }

  private SeenPosts follow(String name, String bootstrap) throws IOException {
    SeenPosts posts = open(name);
    posts.follow(new KafkaAddress(bootstrap));
    return posts;
  }

  private SeenPosts open(String name) throws IOException {
    return SeenPosts.open(directory.resolve(name), LIMITS, clock, System::nanoTime, metrics);
  }

  private static void until(Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20)).until(condition);
  }
}
