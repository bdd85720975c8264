package courtside.feedapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import courtside.feedapi.Client;
import courtside.feedapi.Main;
import courtside.testkit.feeds.FeedLog;
import courtside.testkit.process.ChildJvm;
import courtside.testkit.process.ServiceJvm;
import courtside.testkit.process.StablePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The feed API, a process, is killed again and again while items pour in and versions take turns:
 * what it leaves is exactly what the log says up to the offsets that it leaves, and it goes on from
 * there.
 */
@Timeout(1_800)
final class KilledFeedApiTest {
  private static final int KILLS = Integer.getInteger("courtside.kills", 3);
  private static final long SEED = Long.getLong("courtside.seed", System.nanoTime());
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private static final String ITEMS = "courtside_feed_api_items";

  /** Longer than it takes until it reads the log. */
  private static final int STARTING_MS = 3_000;

  /** Some hundred transactions. */
  private static final int WORKING_MS = 1_500;

  @TempDir private Path directory;
  private final Random random = new Random(SEED);
  private String bootstrap = "";
  private int port;
  private int healthPort;
  private long reached;
  private int moved;
  private int whileStarting;
  private int behind;
  private int inTurn;

  private static final class FeedApiProcess extends ServiceJvm {
    FeedApiProcess(ChildJvm jvm, int healthPort) {
      super(jvm, healthPort);
    }
  }

  @Test
  void leavesWhatTheLogSaysWheneverItIsKilled() throws Exception {
    System.out.println("seed " + SEED);
    port = StablePort.find();
    healthPort = StablePort.find();
    Map<String, List<String>> feeds = new HashMap<>();
    try (Client client = new Client(port, healthPort)) {
      try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
          FeedLog log = new FeedLog(broker.bootstrap());
          ItemTraffic traffic = ItemTraffic.start(broker.bootstrap(), log, SEED);
          FoldedItems fold = new FoldedItems(broker.bootstrap())) {
        bootstrap = broker.bootstrap();
        for (int kill = 1; kill <= KILLS; kill++) {
          runAndKill(kill % 4 == 0, client);
          check("seed %d, kill %d".formatted(SEED, kill), fold, log, traffic);
        }
        traffic.end();
        List<Long> ends = log.ends();
        Map<Integer, Long> all = new HashMap<>();
        for (int partition = 0; partition < ends.size(); partition++) {
          all.put(partition, ends.get(partition));
        }
        fold.readTo(all);
        for (String feed : ItemTraffic.FEEDS) {
          List<String> shown = fold.shown(traffic.served(feed), Instant.now());
          assertThat(shown).hasSizeGreaterThan(100);
          feeds.put(feed, shown);
        }
        try (FeedApiProcess api = start()) {
          awaitPages(client, feeds);
          api.awaitState("serving");
          api.jvm().kill();
        }
        System.out.printf(
            "killed %d times, %d of them while it started: %d had read on since the one before, %d"
                + " had some left to read, %d served another version than the newest; %,d records,"
                + " %d switches, %d items at the end%n",
            KILLS,
            whileStarting,
            moved,
            behind,
            inTurn,
            reached,
            traffic.switches(),
            fold.items().size());
        assertThat(moved).as("kills after it had read on").isGreaterThanOrEqualTo(KILLS / 2);
        assertThat(traffic.switches()).isPositive();
      }
      // and without a broker, from what is on the disk
      try (FeedApiProcess _ = start()) {
        awaitPages(client, feeds);
      }
      assertThat(Files.readString(output())).doesNotContain("thrown away");
    }
  }

  private void runAndKill(boolean starting, Client client) throws Exception {
    try (FeedApiProcess api = start()) {
      if (starting) {
        whileStarting++;
      } else {
        api.awaitState("serving");
        // It serves what it has on disk before it reads on, and is to be killed while it does.
        double items = client.metric(ITEMS);
        await().atMost(LIMIT).until(() -> client.metric(ITEMS) != items);
      }
      int moment = random.nextInt(starting ? STARTING_MS : WORKING_MS);
      assertThat(api.jvm().awaitEnd(Duration.ofMillis(moment))).as("ended by itself").isFalse();
      api.jvm().kill();
    }
  }

  /** Of a copy, so that the next one itself finds what this one has left. */
  private void check(String moment, FoldedItems fold, FeedLog log, ItemTraffic traffic)
      throws Exception {
    Path copy = directory.resolve("copy");
    copy(directory.resolve("data/feed-api/slot-0/store"), copy);
    try (FeedStore store =
        FeedStore.open(
            copy,
            () -> {
              throw new AssertionError(moment + ": the store was damaged and thrown away");
            })) {
      Map<Integer, Long> offsets = store.offsets();
      long sum = offsets.values().stream().mapToLong(Long::longValue).sum();
      moved += sum > reached ? 1 : 0;
      reached = sum;
      behind += sum < log.ends().stream().mapToLong(Long::longValue).sum() ? 1 : 0;
      fold.readTo(offsets);
      List<String> keys = List.copyOf(fold.items().keySet());
      requireSame(moment + ": items", store.itemKeys(), keys);
      requireSame(moment + ": the index", store.indexedKeys().stream().sorted().toList(), keys);
      assertThat(store.items()).as(moment).isEqualTo(keys.size());
      fold.orders()
          .forEach((version, order) ->
              assertThat(
                      store.newest(
                          version, null, entry -> true, Integer.MAX_VALUE, Integer.MAX_VALUE))
                  .as("%s: the order of %s", moment, version)
                  .isEqualTo(new FeedStore.Scan(order, Optional.empty())));
      for (Map.Entry<String, FeedItem> item : fold.items().entrySet()) {
        assertThat(store.item(FeedVersion.read(item.getKey()), FeedVersion.uri(item.getKey())))
            .as("%s: %s", moment, item.getKey())
            .contains(item.getValue());
      }
      store
          .serving()
          .forEach((feed, version) -> {
            FeedVersion served = FeedVersion.of(feed, version);
            List<Long> ends = traffic.ends(served);
            for (int partition = 0; partition < ends.size(); partition++) {
              assertThat(offsets.getOrDefault(partition, 0L))
                  .as("%s: what %s consists of was read, partition %d", moment, served, partition)
                  .isGreaterThanOrEqualTo(ends.get(partition));
            }
            inTurn += served.equals(traffic.served(feed)) ? 0 : 1;
          });
    }
    delete(copy);
  }

  /** Multiplicity counts; says what is different alone. */
  private static void requireSame(String of, List<String> found, List<String> expected) {
    if (!found.equals(expected)) {
      assertThat(found).as(of).doesNotHaveDuplicates().hasSameElementsAs(expected);
    }
  }

  private static void awaitPages(Client client, Map<String, List<String>> feeds) {
    await()
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(() -> {
          for (Map.Entry<String, List<String>> feed : feeds.entrySet()) {
            assertThat(client.serves(feed.getKey(), feed.getValue()))
                .as("all of %s is served, and nothing else", feed.getKey())
                .isTrue();
            assertThat(client.all(feed.getKey(), 37)).isEqualTo(feed.getValue());
          }
        });
  }

  private FeedApiProcess start() throws IOException {
    Map<String, String> environment =
        Map.of(
            "COURTSIDE_KAFKA", bootstrap,
            "COURTSIDE_DATA", directory.resolve("data").toString(),
            "COURTSIDE_DISK", "1GB",
            "COURTSIDE_FEED_API_PORT", Integer.toString(port),
            "COURTSIDE_FEED_API_HEALTH_PORT", Integer.toString(healthPort));
    return new FeedApiProcess(
        ChildJvm.start(Main.class.getName(), List.of("-Xmx128m"), List.of(), environment, output()),
        healthPort);
  }

  private Path output() {
    return directory.resolve("feed-api.out");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    if (!Files.exists(from)) {
      // It was killed before it made one.
      return;
    }
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static void delete(Path copy) throws IOException {
    try (Stream<Path> files = Files.list(copy)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(copy);
  }
}
