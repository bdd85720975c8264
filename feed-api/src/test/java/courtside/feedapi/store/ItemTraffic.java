package courtside.feedapi.store;

import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.testkit.feeds.FeedLog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What two feeds might be given, without a pause: posts come, are edited where they stand, go, and
 * come again, in transactions of which some are aborted; and now and then a feed's next version is
 * filled, served, and the one before it taken out. On a thread of its own. Thread-safe.
 */
final class ItemTraffic implements AutoCloseable {
  static final List<String> FEEDS = List.of("alpha", "beta");

  private static final int POSTS = 3_000;
  private static final int MOST_CHANGES = 60;
  private static final int ABORTED_EVERY = 10;
  private static final int EXPIRED_EVERY = 10;
  private static final int SWITCHED_EVERY = 60;
  private static final Duration BETWEEN = Duration.ofMillis(10);

  /** So few moments that many posts share one. */
  private static final int MOMENTS = 1_000;

  private final FeedLog log;
  private final Random random;
  private final Producer<byte[], byte[]> producer;
  private final Map<String, Feed> feeds = new HashMap<>();
  private final Map<FeedVersion, List<Long>> ends = new ConcurrentHashMap<>();
  private final Map<String, FeedVersion> served = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final Thread thread = Thread.ofPlatform().name("item-traffic").unstarted(this::run);
  private volatile boolean closing;
  private final AtomicInteger switches = new AtomicInteger();
  private long edits;

  /** One feed, as it was committed last. Confined to the traffic's thread. */
  private static final class Feed {
    private int number = 1;
    private FeedVersion version;
    private final Map<String, FeedItem> items = new TreeMap<>();
    private final Deque<String> goingKeys = new ArrayDeque<>();

    private Feed(FeedVersion version) {
      this.version = version;
    }
  }

  private ItemTraffic(String bootstrap, FeedLog log, long seed) {
    this.log = log;
    this.random = new Random(seed);
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "transactional.id", "item-traffic"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Starts to write. */
  static ItemTraffic start(String bootstrap, FeedLog log, long seed) {
    ItemTraffic traffic = new ItemTraffic(bootstrap, log, seed);
    for (String feed : FEEDS) {
      FeedVersion first = log.serve(feed, "v1");
      traffic.ends.put(first, Collections.nCopies(FeedLog.PARTITIONS, 0L));
      traffic.served.put(feed, first);
      traffic.feeds.put(feed, new Feed(first));
    }
    log.flush();
    traffic.thread.start();
    return traffic;
  }

  /** The ends that a replica must have passed before it serves this version. */
  List<Long> ends(FeedVersion version) {
    return Objects.requireNonNull(ends.get(version), () -> version + " was never to be served");
  }

  /** The version that a feed was given last. */
  FeedVersion served(String feed) {
    return Objects.requireNonNull(served.get(feed), feed);
  }

  /** How often a version took the place of another. */
  int switches() {
    return switches.get();
  }

  /** Ends it; returns when all of it is there. */
  void end() throws InterruptedException {
    closing = true;
    thread.join();
    end.join();
    log.flush();
  }

  private void run() {
    try {
      producer.initTransactions();
      while (!closing) {
        for (Feed feed : feeds.values()) {
          change(feed);
          if (random.nextInt(SWITCHED_EVERY) == 0) {
            replace(feed);
          }
        }
        // It is the pace of the traffic, and no wait for anything.
        Thread.sleep(BETWEEN);
      }
      end.complete(null);
    } catch (Exception e) {
      end.completeExceptionally(e);
    }
  }

  private void change(Feed feed) {
    producer.beginTransaction();
    boolean aborted = random.nextInt(ABORTED_EVERY) == 0;
    Map<String, FeedItem> items = new TreeMap<>(feed.items);
    int changes = 1 + random.nextInt(MOST_CHANGES);
    for (int n = 0; n < changes; n++) {
      String uri = FeedLog.uri(random.nextInt(POSTS));
      FeedItem held = items.get(uri);
      if (held == null) {
        items.put(uri, item(Instant.ofEpochSecond(random.nextInt(MOMENTS))));
      } else if (random.nextBoolean()) {
        items.put(uri, item(held.sortAt()));
      } else {
        items.remove(uri);
      }
      send(feed.version.itemKey(uri), Optional.ofNullable(items.get(uri)));
    }
    if (aborted) {
      // What was said to be going is not asked for again: it stays, as a remover may die.
      producer.flush();
      producer.abortTransaction();
      return;
    }
    for (int n = 0; n < MOST_CHANGES && !feed.goingKeys.isEmpty(); n++) {
      send(feed.goingKeys.removeFirst(), Optional.empty());
    }
    producer.commitTransaction();
    feed.items.clear();
    feed.items.putAll(items);
  }

  /** The next version is filled and then served; the one before it goes bit by bit. */
  private void replace(Feed feed) throws Exception {
    FeedVersion before = feed.version;
    FeedVersion next = FeedVersion.of(before.feed().value(), "v" + ++feed.number);
    producer.beginTransaction();
    feed.items.forEach((uri, item) -> send(next.itemKey(uri), Optional.of(item)));
    producer.commitTransaction();
    List<Long> written = log.ends();
    ends.put(next, written);
    log.put(
        before.feed().value(),
        FeedLog.state(Optional.of(next.version()), Optional.of(before.version()), written));
    log.flush();
    served.put(before.feed().value(), next);
    feed.version = next;
    feed.items.keySet().forEach(uri -> feed.goingKeys.addLast(before.itemKey(uri)));
    var _ = switches.incrementAndGet();
  }

  private FeedItem item(Instant sortAt) {
    boolean expired = random.nextInt(EXPIRED_EVERY) == 0;
    return new FeedItem(
        sortAt,
        expired ? Instant.EPOCH.plusSeconds(MOMENTS) : Instant.parse("9999-01-01T00:00:00Z"),
        "did:plc:author",
        "cid" + edits++,
        "text " + random.nextLong(),
        List.of("en"),
        List.of(),
        List.of(),
        List.of());
  }

  private void send(String key, Optional<FeedItem> item) {
    // What cannot be sent makes the commit fail.
    var _ =
        producer.send(
            new ProducerRecord<>(
                Topics.FEED_ITEMS.name(),
                key.getBytes(StandardCharsets.UTF_8),
                item.map(FeedItem.FORMAT::encode).orElse(null)));
  }

  @Override
  public void close() throws InterruptedException {
    closing = true;
    thread.join();
    producer.close(Duration.ZERO);
  }
}
