package courtside.testkit.feeds;

import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes to the log what the processor would. Thread-safe. */
public final class FeedLog implements AutoCloseable {
  public static final Instant DAY = Instant.parse("2026-03-01T00:00:00Z");
  public static final int PARTITIONS = Topics.FEED_ITEMS.partitions();

  private final Admin admin;
  private final Producer<byte[], byte[]> producer;
  private final Producer<byte[], byte[]> aborting;

  public FeedLog(String bootstrap) throws InterruptedException {
    admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    createTopics();
    producer = producer(Map.of("bootstrap.servers", bootstrap, "linger.ms", 5));
    aborting = producer(Map.of("bootstrap.servers", bootstrap, "transactional.id", "aborting"));
    aborting.initTransactions();
  }

  private static Producer<byte[], byte[]> producer(Map<String, Object> config) {
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  public void createTopics() throws InterruptedException {
    new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
  }

  public void deleteTopic(Topic topic) throws InterruptedException, ExecutionException {
    admin.deleteTopics(List.of(topic.name())).all().get();
  }

  /** Makes a topic with so many partitions; false while one of that name is still there. */
  public boolean createsAs(String topic, int partitions) throws InterruptedException {
    try {
      admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
      return true;
    } catch (ExecutionException e) {
      return false;
    }
  }

  public static String uri(String did, String rkey) {
    return "at://" + did + "/app.bsky.feed.post/" + rkey;
  }

  public static String uri(int n) {
    return uri("did:plc:author" + n % 7, "post%06d".formatted(n));
  }

  public static FeedItem item(long second) {
    return item(DAY.plusSeconds(second), "text " + second);
  }

  public static FeedItem item(Instant sortAt, String text) {
    return new FeedItem(
        sortAt,
        DAY.plus(Duration.ofDays(3)),
        "did:plc:author",
        "bafyreib",
        text,
        List.of("en"),
        List.of(),
        List.of(),
        List.of());
  }

  public static FeedDefinition definition(String name, Optional<String> pinned, boolean hidesSeen) {
    return new FeedDefinition(
        "set",
        1,
        name,
        "about " + name,
        "text:x",
        "",
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Duration.ofDays(3),
        pinned,
        false,
        Optional.of(hidesSeen),
        Optional.empty());
  }

  public static FeedState state(
      Optional<String> served, Optional<String> previous, List<Long> endOffsets) {
    return new FeedState(served, previous, Optional.empty(), List.of(), false, DAY, endOffsets);
  }

  /** A state in which one version is served and another fills. */
  public static FeedState candidate(String served, String candidate) {
    return new FeedState(
        Optional.of(served),
        Optional.empty(),
        Optional.of(candidate),
        List.of(),
        false,
        DAY,
        Collections.nCopies(PARTITIONS, 0L));
  }

  /**
   * What a processor says of a partition that it reads from its beginning, five events a second.
   */
  public static FeedStatus status(Instant at, long position, long end) {
    return new FeedStatus(
        at,
        position,
        end,
        at.minusSeconds(60),
        0,
        0,
        OptionalLong.of(0),
        OptionalDouble.of(5),
        Optional.empty());
  }

  /** Says how far a version of a feed is. */
  public void say(String statusKey, FeedStatus status) {
    send(Topics.FEED_STATUS, null, utf8(statusKey), FeedStatus.FORMAT.encode(status));
  }

  /** Serves a version of a feed, at once. */
  public FeedVersion serve(String feed, String version) {
    return serve(feed, version, Optional.empty());
  }

  public FeedVersion serve(String feed, String version, Optional<String> pinned) {
    return serve(feed, version, definition(feed, pinned, false));
  }

  /** Serves a version of a feed that hides what its viewer has seen, at once. */
  public FeedVersion serveHidingSeen(String feed, String version) {
    return serve(feed, version, definition(feed, Optional.empty(), true));
  }

  private FeedVersion serve(String feed, String version, FeedDefinition definition) {
    FeedVersion key = FeedVersion.of(feed, version);
    define(key, definition);
    put(feed, state(Optional.of(version), Optional.empty(), Collections.nCopies(PARTITIONS, 0L)));
    return key;
  }

  public void define(FeedVersion version, FeedDefinition definition) {
    send(
        Topics.FEED_DEFINITIONS,
        null,
        utf8(version.key()),
        FeedDefinition.FORMAT.encode(definition));
  }

  public void put(String feed, FeedState state) {
    send(Topics.FEED_DEFINITIONS, null, utf8(feed), FeedState.FORMAT.encode(state));
  }

  public void put(FeedVersion version, String uri, FeedItem item) {
    send(Topics.FEED_ITEMS, null, utf8(version.itemKey(uri)), FeedItem.FORMAT.encode(item));
  }

  public void putIn(int partition, FeedVersion version, String uri, FeedItem item) {
    send(Topics.FEED_ITEMS, partition, utf8(version.itemKey(uri)), FeedItem.FORMAT.encode(item));
  }

  /** Writes an incident. */
  public void incident(Incident incident) {
    send(Topics.INCIDENTS, null, utf8(incident.subject()), Incident.FORMAT.encode(incident));
    flush();
  }

  public void remove(FeedVersion version, String uri) {
    send(Topics.FEED_ITEMS, null, utf8(version.itemKey(uri)), null);
  }

  /** Deletes a feed. */
  public void delete(String feed) {
    FeedState deleted =
        new FeedState(
            Optional.empty(), Optional.empty(), Optional.empty(), List.of(), true, DAY, List.of());
    put(feed, deleted);
  }

  /** Blocks an account or a record. */
  public void block(String subject) {
    Wish.Block wish = new Wish.Block("block " + subject, DAY, subject, Optional.empty());
    send(Topics.CONTROL, null, utf8(wish.key()), Wish.FORMAT.encode(wish));
  }

  /** Blocks it no more. */
  public void unblock(String subject) {
    send(Topics.CONTROL, null, utf8(Wish.Block.key(subject)), null);
  }

  public void send(Topic topic, @Nullable Integer partition, byte[] key, byte @Nullable [] value) {
    var _ = producer.send(new ProducerRecord<>(topic.name(), partition, key, value));
  }

  /** Writes an item in a transaction that is then aborted, to every partition. */
  public void abort(FeedVersion version, String uri, FeedItem item) {
    aborting.beginTransaction();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      var _ =
          aborting.send(
              new ProducerRecord<>(
                  Topics.FEED_ITEMS.name(),
                  partition,
                  utf8(version.itemKey(uri)),
                  FeedItem.FORMAT.encode(item)));
    }
    aborting.flush();
    aborting.abortTransaction();
  }

  public void flush() {
    producer.flush();
  }

  /** The ends of {@code feed.items}, by partition. */
  public List<Long> ends() throws InterruptedException, ExecutionException {
    flush();
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    IntStream.range(0, PARTITIONS)
        .forEach(
            p -> latest.put(new TopicPartition(Topics.FEED_ITEMS.name(), p), OffsetSpec.latest()));
    var offsets = admin.listOffsets(latest).all().get();
    return latest.keySet().stream()
        .sorted(Comparator.comparingInt(TopicPartition::partition))
        .map(partition -> Objects.requireNonNull(offsets.get(partition)).offset())
        .toList();
  }

  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    aborting.close(Duration.ZERO);
    admin.close(Duration.ZERO);
  }
}
