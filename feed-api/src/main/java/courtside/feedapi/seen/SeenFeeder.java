package courtside.feedapi.seen;

import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordUri;
import courtside.eventlog.feed.Interaction;
import courtside.eventlog.topic.Topics;
import courtside.feedapi.log.LogConsumer;
import courtside.feedapi.log.TopicId;
import courtside.feedapi.seen.SeenEntries.Report;
import courtside.service.kafka.KafkaAddress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the store from {@code feed.interactions}: a plain consumer with assigned partitions, on one
 * thread of its own. The offsets are the store's. Goes on whatever Kafka and the disk do.
 * Thread-safe.
 *
 * <p>What retention has deleted before it was read is passed over, and nothing is thrown away for
 * it: what is held stays true, and what is missed is shown once more. Offsets beyond the end, as
 * after a broker has lost records, are read again from the beginning, which comes to the same. In a
 * topic that was made anew offsets mean nothing, and replicas would disagree: the store starts
 * over.
 *
 * <p>Bounds: 4 MiB of the log in the heap; 500 viewers in one batch, 6 MB outside of it with 1,000
 * addresses each.
 */
final class SeenFeeder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SeenFeeder.class);

  private static final List<TopicPartition> PARTITIONS =
      IntStream.range(0, Topics.FEED_INTERACTIONS.partitions())
          .mapToObj(partition -> new TopicPartition(Topics.FEED_INTERACTIONS.name(), partition))
          .toList();

  private static final Duration POLL = Duration.ofMillis(100);
  private static final int MOST_RECORDS = 500;
  private static final int MOST_BYTES = 4 << 20;
  private static final int MOST_BYTES_OF_A_PARTITION = 1 << 20;

  /** How often viewers who may not come back are looked at, and how many at a time. */
  private static final Duration PURGE = Duration.ofSeconds(1);

  private static final int PURGED = 32;

  private final SeenStore store;
  private final SeenPosts.Limits limits;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Map<Skipped, Counter> skipped = new EnumMap<>(Skipped.class);
  private final Map<Discarded, Counter> discarded = new EnumMap<>(Discarded.class);

  /** What the consumer and its thread are called for; none before {@link #follow}. */
  private volatile @Nullable Thread thread;

  private volatile @Nullable LogConsumer consumer;

  private volatile @Nullable Admin admin;

  private volatile String trouble = "";

  /** Why a record was passed over. */
  private enum Skipped {
    KEY,
    VALUE,
    ITEM,
    TIME
  }

  /** Why the store was thrown away. */
  private enum Discarded {
    DAMAGED,
    ANOTHER_TOPIC
  }

  SeenFeeder(
      SeenStore store,
      SeenPosts.Limits limits,
      InstantSource clock,
      LongSupplier nanoTime,
      MeterRegistry metrics) {
    this.store = store;
    this.limits = limits;
    this.clock = clock;
    this.nanoTime = nanoTime;
    for (Skipped reason : Skipped.values()) {
      skipped.put(
          reason,
          Counter.builder("courtside.feed.api.seen.records.skipped")
              .description("interactions that could not be used")
              .tag("reason", label(reason))
              .register(metrics));
    }
    for (Discarded reason : Discarded.values()) {
      discarded.put(
          reason,
          Counter.builder("courtside.feed.api.seen.discarded")
              .description("stores of what was seen that were thrown away")
              .tag("reason", label(reason))
              .register(metrics));
    }
  }

  private static String label(Enum<?> reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  /** What keeps the store from being filled, a sentence; empty for nothing. */
  String trouble() {
    return trouble;
  }

  /** Opens the store if that is possible now; the thread tries again. */
  void open() {
    try {
      store.open();
    } catch (SeenStoreException e) {
      if (!e.damaged()) {
        cannotBeUsed(e);
        return;
      }
      try {
        discard(Discarded.DAMAGED);
      } catch (SeenStoreException again) {
        cannotBeUsed(again);
      }
    }
  }

  /** Starts to follow the log, once the topics are there. */
  synchronized void follow(KafkaAddress kafka) {
    if (thread != null) {
      throw new IllegalStateException("the log is followed already");
    }
    Thread started =
        Thread.ofPlatform()
            .name("seen-feeder")
            .daemon()
            .uncaughtExceptionHandler((ended, cause) -> {
              // Whatever nobody foresaw is said, and is no reason to end a service.
              trouble = "what viewers see is read no more; the service's own log says why";
              LOG.atError().setCause(cause).log("what was seen cannot be read any more");
            })
            .unstarted(() -> run(kafka));
    thread = started;
    started.start();
  }

  private void run(KafkaAddress kafka) {
    while (closing.getCount() > 0) {
      try {
        store.open();
        connect(kafka);
      } catch (AnotherTopicException e) {
        tryToDiscard(Discarded.ANOTHER_TOPIC);
      } catch (InvalidOffsetException e) {
        // Deleted between two polls: where to go on is decided as at the start.
        LOG.atInfo().addKeyValue("reason", e.getMessage()).log("interactions were deleted unread");
      } catch (SeenStoreException e) {
        recover(e);
      } catch (WakeupException | InterruptException e) {
        // Closing; the loop's condition says so.
        LOG.atDebug().log("feeder woken");
      } catch (KafkaException e) {
        trouble = "interactions cannot be read: " + e.getMessage();
        LOG.atWarn()
            .addKeyValue("reason", e.getMessage())
            .log("interactions cannot be read, trying again");
        pause();
      }
    }
  }

  private void connect(KafkaAddress kafka) {
    Admin asked = Admin.create(kafka.client());
    try (LogConsumer opened =
        new LogConsumer(
            kafka,
            "feed-api-seen",
            Map.of(
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                MOST_RECORDS,
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                MOST_BYTES,
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                MOST_BYTES_OF_A_PARTITION))) {
      admin = asked;
      consumer = opened;
      // Looked at after the assignment: whoever wakes either sees the two or is seen here.
      if (closing.getCount() > 0) {
        read(opened.kafka(), asked);
      }
    } finally {
      consumer = null;
      admin = null;
      asked.close(Duration.ZERO);
    }
  }

  private void recover(SeenStoreException e) {
    if (e.damaged()) {
      LOG.atError().setCause(e).log("store of what was seen is damaged");
      tryToDiscard(Discarded.DAMAGED);
      return;
    }
    cannotBeUsed(e);
    // Opened again by the loop, which clears what a full disk leaves behind in memory.
    store.close();
    pause();
  }

  private void cannotBeUsed(SeenStoreException e) {
    trouble = "what viewers have seen cannot be kept: " + e.getMessage();
    LOG.atError().setCause(e).log("store of what was seen cannot be used, trying again");
  }

  private void tryToDiscard(Discarded reason) {
    try {
      discard(reason);
    } catch (SeenStoreException e) {
      cannotBeUsed(e);
      pause();
    }
  }

  private void discard(Discarded reason) {
    LOG.atWarn()
        .addKeyValue("reason", label(reason))
        .log("store of what was seen thrown away, read anew");
    Objects.requireNonNull(discarded.get(reason)).increment();
    store.discard();
  }

  /** Before another attempt; ends early when closing. */
  private void pause() {
    try {
      boolean _ = closing.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closing.countDown();
    }
  }

  private void read(Consumer<byte[], byte[]> from, Admin asked) {
    String topicId = TopicId.of(asked, Topics.FEED_INTERACTIONS);
    if (!store.topicId().orElse(topicId).equals(topicId)) {
      throw new AnotherTopicException();
    }
    from.assign(PARTITIONS);
    Map<Integer, Long> offsets = store.offsets();
    seek(from, offsets);
    if (store.topicId().isEmpty()) {
      store.begin(topicId);
    }
    trouble = "";
    long purgedAt = nanoTime.getAsLong();
    long checkedAt = purgedAt;
    while (closing.getCount() > 0) {
      turn(from, offsets);
      long now = nanoTime.getAsLong();
      if (now - purgedAt >= PURGE.toNanos() || store.viewers() > limits.viewers()) {
        purgedAt = now;
        store.purge(PURGED, limits.viewers(), after());
      }
      if (now - checkedAt >= limits.check().toNanos()) {
        checkedAt = now;
        requireSame(asked, topicId);
      }
    }
  }

  private static void seek(Consumer<byte[], byte[]> from, Map<Integer, Long> offsets) {
    Map<TopicPartition, Long> begins = from.beginningOffsets(PARTITIONS);
    Map<TopicPartition, Long> ends = from.endOffsets(PARTITIONS);
    for (TopicPartition partition : PARTITIONS) {
      long begin = known(begins, partition);
      long next = offsets.getOrDefault(partition.partition(), begin);
      if (next < begin || next > known(ends, partition)) {
        LOG.atWarn()
            .addKeyValue("partition", partition.partition())
            .addKeyValue("offset", next)
            .log("interactions to be read are not there, read from the first");
        next = begin;
      }
      from.seek(partition, next);
    }
  }

  private static long known(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    Long offset = offsets.get(partition);
    if (offset == null) {
      throw new KafkaException("the broker did not say where " + partition + " is");
    }
    return offset;
  }

  /** What was seen in this second or before is as if it was never seen. */
  private long after() {
    return clock.instant().minus(limits.keep()).getEpochSecond();
  }

  /**
   * Takes what one poll brings.
   *
   * @param offsets those in the store
   */
  private void turn(Consumer<byte[], byte[]> from, Map<Integer, Long> offsets) {
    if (store.damaged()) {
      throw new SeenStoreException("a reader came upon damage", true);
    }
    Map<Did, List<Report>> reports = new HashMap<>();
    long after = after();
    for (ConsumerRecord<byte[], byte[]> record : from.poll(POLL)) {
      take(record, after, reports);
    }
    // Not the records' offsets: transactions leave markers that are no records.
    Map<Integer, Long> changed = new HashMap<>();
    for (TopicPartition partition : PARTITIONS) {
      long next = from.position(partition);
      if (!Objects.equals(offsets.get(partition.partition()), next)) {
        changed.put(partition.partition(), next);
      }
    }
    store.apply(reports, changed, limits.urisPerViewer(), after);
    offsets.putAll(changed);
  }

  private void take(
      ConsumerRecord<byte[], byte[]> record, long after, Map<Did, List<Report>> reports) {
    Did viewer;
    try {
      viewer = viewer(record.key());
    } catch (CharacterCodingException | MalformedDataException e) {
      count(Skipped.KEY, record);
      return;
    }
    Interaction interaction;
    try {
      if (record.value() == null) {
        count(Skipped.VALUE, record);
        return;
      }
      interaction = Interaction.FORMAT.decode(record.value());
    } catch (SerializationException e) {
      count(Skipped.VALUE, record);
      return;
    }
    if (!interaction.event().equals(Interaction.SEEN)) {
      return;
    }
    String uri;
    try {
      uri = RecordUri.parse(interaction.item().orElse("")).toString();
    } catch (MalformedDataException e) {
      count(Skipped.ITEM, record);
      return;
    }
    long second = Math.floorDiv(record.timestamp(), 1_000L);
    if (second < 0 || second > SeenEntries.LAST_SECOND) {
      count(Skipped.TIME, record);
      return;
    }
    if (second > after) {
      reports
          .computeIfAbsent(viewer, _ -> new ArrayList<>())
          .add(new Report(SeenEntries.hash(uri), second));
    }
  }

  /** Strict UTF-8: anything else could make one viewer of two. */
  private static Did viewer(byte @Nullable [] key)
      throws CharacterCodingException, MalformedDataException {
    return Did.parse(
        key == null
            ? ""
            : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString());
  }

  private void count(Skipped reason, ConsumerRecord<?, ?> record) {
    Objects.requireNonNull(skipped.get(reason)).increment();
    LOG.atDebug()
        .addKeyValue("reason", label(reason))
        .addKeyValue("partition", record.partition())
        .addKeyValue("offset", record.offset())
        .log("interaction skipped");
  }

  /** Where the broker does not say, the topic is taken for the same until it does. */
  private void requireSame(Admin asked, String topicId) {
    try {
      if (!TopicId.of(asked, Topics.FEED_INTERACTIONS).equals(topicId)) {
        throw new AnotherTopicException();
      }
      trouble = "";
    } catch (KafkaException e) {
      trouble = "kafka does not answer";
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("topic not described");
    }
  }

  /** The store was filled from a topic that is no more. */
  private static final class AnotherTopicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AnotherTopicException() {
      super("the topic was made anew", null, false, false);
    }
  }

  /** Lets the thread end, without waiting for it. */
  void stopFollowing() {
    closing.countDown();
    LogConsumer running = consumer;
    if (running != null) {
      running.wake();
    }
    Admin asked = admin;
    if (asked != null) {
      asked.close(Duration.ZERO);
    }
  }

  /** Ends the thread; the store stays open. */
  @Override
  public void close() {
    stopFollowing();
    Thread started = thread;
    if (started != null) {
      try {
        started.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
