package courtside.benchmarks.serving;

import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The items of the feed that is asked for, as the processor would write them. */
final class Items implements AutoCloseable {
  static final FeedVersion FEED = FeedVersion.of("nba", "0123456789abcdef");
  private static final Duration KEEP = Duration.ofDays(3);
  private static final int ACCOUNTS = 5_000;

  private final Producer<byte[], byte[]> producer;
  private final Instant begin = Instant.now().minus(Duration.ofHours(12));
  private volatile boolean stopped;

  /** Of one thread at a time. */
  private long newest;

  private @Nullable Thread pouring;

  /** One item. */
  record Item(long sortAt, String uri) {}

  Items(String bootstrap) throws InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
    }
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "linger.ms", 20, "compression.type", "lz4"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Serves the feed with so many items, and returns them from the newest to the oldest. */
  List<Item> serve(int count) {
    List<Item> items = new ArrayList<>();
    for (int n = count; n > 0; n--) {
      items.add(item(n));
    }
    newest = count;
    items.forEach(this::put);
    send(
        Topics.FEED_DEFINITIONS.name(),
        FEED.key(),
        FeedDefinition.FORMAT.encode(
            new FeedDefinition(
                "set",
                1,
                "NBA",
                "about it",
                "text:nba",
                "",
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                KEEP,
                Optional.empty(),
                false)));
    send(
        Topics.FEED_DEFINITIONS.name(),
        FEED.feed().value(),
        FeedState.FORMAT.encode(
            new FeedState(
                Optional.of(FEED.version()),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                false,
                begin,
                Collections.nCopies(Topics.FEED_ITEMS.partitions(), 0L))));
    producer.flush();
    return items;
  }

  /** Those items as a file, a line each. */
  static void write(List<Item> items, Path file) throws IOException {
    Files.write(file, items.stream().map(item -> item.sortAt() + "\t" + item.uri()).toList());
  }

  private Item item(long n) {
    return new Item(
        begin.plusSeconds(n).toEpochMilli(),
        "at://did:plc:%024d/app.bsky.feed.post/3l%011d".formatted(n % ACCOUNTS, n));
  }

  private void put(Item item) {
    send(
        Topics.FEED_ITEMS.name(),
        FEED.itemKey(item.uri()),
        FeedItem.FORMAT.encode(
            new FeedItem(
                Instant.ofEpochMilli(item.sortAt()),
                Instant.ofEpochMilli(item.sortAt()).plus(KEEP),
                item.uri().substring(5, item.uri().indexOf('/', 5)),
                "bafyreib2rxk3rw6gaz5bqpxm7hcmrwhs5zpyxqgxwpq5m5ssq4yh2qj2oa",
                "What a block, what a finish: this game has everything. #nba",
                List.of("en"),
                List.of(),
                List.of(),
                List.of())));
  }

  private void send(String topic, String key, byte[] value) {
    var _ = producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
  }

  /** Writes new items at that rate, on a thread of its own, until {@link #rest}. */
  void pour(int perSecond) {
    stopped = false;
    pouring =
        Thread.ofPlatform()
            .daemon()
            .name("items")
            .start(() -> {
              long begun = System.nanoTime();
              for (long n = 0; !stopped; n++) {
                long due = begun + n * 1_000_000_000L / perSecond;
                long left = due - System.nanoTime();
                if (left > 0) {
                  LockSupport.parkNanos(left);
                }
                put(item(++newest));
              }
            });
  }

  /** Writes no more until the next {@link #pour}. */
  void rest() {
    stopped = true;
    Thread thread = pouring;
    if (thread != null) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    rest();
    producer.close(Duration.ofSeconds(5));
  }
}
