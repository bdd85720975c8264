package courtside.feedapi.store;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.RecordUri;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.feedapi.log.LogConsumer;
import courtside.feedapi.log.TopicId;
import courtside.feedapi.store.Changes.Item;
import courtside.feedapi.store.Changes.ItemChange;
import courtside.service.kafka.KafkaAddress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
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
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the store from {@code feed.items}, {@code feed.definitions} and what {@code control} says
 * is blocked: a plain consumer with assigned partitions, on one thread of its own, so that no group
 * and no rebalance stands between a change and its readers. The offsets are the store's. Owns the
 * store; the feeds can be read from the moment this is opened, whether or not Kafka answers.
 * Thread-safe.
 */
public final class StoreFeeder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreFeeder.class);

  private static final List<TopicPartition> ITEMS =
      IntStream.range(0, Topics.FEED_ITEMS.partitions())
          .mapToObj(partition -> new TopicPartition(Topics.FEED_ITEMS.name(), partition))
          .toList();
  private static final TopicPartition DEFINITIONS =
      new TopicPartition(Topics.FEED_DEFINITIONS.name(), 0);
  private static final TopicPartition CONTROL = new TopicPartition(Topics.CONTROL.name(), 0);
  private static final List<TopicPartition> WHOLE = List.of(DEFINITIONS, CONTROL);

  private static final Duration POLL = Duration.ofMillis(100);

  /** How often the ends of the partitions are asked for. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final FeedStore store;
  private final Feeds feeds;
  private final Limits limits;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Map<Skipped, Counter> skipped = new EnumMap<>(Skipped.class);
  private final Map<Discarded, Counter> discarded;

  /** What the consumer and its thread are called for; none before {@link #follow}. */
  private volatile @Nullable Thread thread;

  private volatile @Nullable LogConsumer consumer;

  private volatile @Nullable Admin admin;

  /** When the store last stood at the end, as far as this process knows; none before. */
  private volatile @Nullable Long stoodAtNanos;

  private volatile @Nullable Long itemAtNanos;

  private volatile Optional<Instant> noted = Optional.empty();
  private volatile String trouble = "";

  /** How far {@code control} is in force; none before it was read whole. */
  private volatile OptionalLong controlOffset = OptionalLong.empty();

  private final WholeTopic<Definitions> definitions =
      new WholeTopic<>(Kept.DEFINITIONS, Definitions::new);
  private final WholeTopic<Blocks> blocks;
  private Map<String, String> serving = Map.of();

  /**
   * What the store lives by.
   *
   * @param note how often the store notes that it stood at the end
   * @param tooOld how long ago that may have been: longer, and tombstones may be gone that it has
   *     not read
   * @param blocks how many accounts and records may be blocked
   */
  public record Limits(Duration note, Duration tooOld, int blocks) {}

  /** Why a record was passed over: one of a topic, or of what is kept on disk. */
  private enum Skipped {
    ITEM_KEY,
    ITEM_VALUE,
    DEFINITION,
    BLOCK,
    BLOCK_BEYOND_LIMIT,
    STORED_BLOCK
  }

  /** Why the store was thrown away. */
  private enum Discarded {
    DAMAGED,
    TOO_OLD,
    OUTSIDE_THE_TOPIC,
    ANOTHER_TOPIC
  }

  private StoreFeeder(
      Path directory,
      Limits limits,
      InstantSource clock,
      LongSupplier nanoTime,
      MeterRegistry metrics) {
    this.limits = limits;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.discarded = counters(metrics);
    for (Skipped reason : Skipped.values()) {
      skipped.put(
          reason,
          Counter.builder("courtside.feed.api.records.skipped")
              .description("records that could not be used")
              .tag("reason", label(reason))
              .register(metrics));
    }
    this.blocks =
        new WholeTopic<>(
            Kept.BLOCKS,
            () -> new Blocks(limits.blocks(), () -> count(Skipped.BLOCK_BEYOND_LIMIT)));
    this.store = FeedStore.open(directory, () -> count(Discarded.DAMAGED));
    this.feeds = new Feeds(store, clock);
  }

  /**
   * Opens the store and makes its feeds readable as they are on disk.
   *
   * @param directory the store's own
   * @throws StoreException if there is none and none can be made
   */
  public static StoreFeeder open(
      Path directory,
      Limits limits,
      InstantSource clock,
      LongSupplier nanoTime,
      MeterRegistry metrics) {
    StoreFeeder feeder = new StoreFeeder(directory, limits, clock, nanoTime, metrics);
    feeder.restore();
    // Once: from here on what is known in memory is never older than what is on disk.
    feeder.blocks.restore(feeder.store, cause -> feeder.skip(Skipped.STORED_BLOCK, cause));
    feeder.feeds.block(feeder.blocks.known());
    feeder.publish();
    return feeder;
  }

  /** Knows what is on disk and nothing else: a batch that was not written has never been. */
  private void restore() {
    note(store.stoodAtEnd());
    serving = store.serving();
    definitions.restore(store, cause -> skip(Skipped.DEFINITION, cause));
  }

  private void note(Optional<Instant> stoodAtEnd) {
    noted = stoodAtEnd;
    feeds.usableUntil(stoodAtEnd.map(at -> at.plus(limits.tooOld())));
  }

  private static Map<Discarded, Counter> counters(MeterRegistry metrics) {
    Map<Discarded, Counter> counters = new EnumMap<>(Discarded.class);
    for (Discarded reason : Discarded.values()) {
      counters.put(
          reason,
          Counter.builder("courtside.feed.api.store.discarded")
              .description("stores thrown away")
              .tag("reason", label(reason))
              .register(metrics));
    }
    return counters;
  }

  private static String label(Enum<?> reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  /** What readers read. */
  public Feeds feeds() {
    return feeds;
  }

  /** What is filled. For tests. */
  FeedStore store() {
    return store;
  }

  /** How many items there are on disk. */
  public long items() {
    return store.items();
  }

  /** Bytes of native memory that the store takes; absent while it is closed. */
  public OptionalLong memoryBytes() {
    try {
      return OptionalLong.of(store.memoryBytes());
    } catch (StoreException e) {
      // Asked for while it is thrown away or made anew.
      return OptionalLong.empty();
    }
  }

  /** How many accounts and records are blocked. */
  public int blocks() {
    return feeds.blocked();
  }

  /**
   * What is before this offset of {@code control} is in force; empty until that topic was read
   * whole.
   */
  public OptionalLong controlOffset() {
    return controlOffset;
  }

  /** How long ago the store stood at the end of the log; empty if it never has. */
  public OptionalDouble secondsBehind() {
    Long nanos = stoodAtNanos;
    if (nanos != null) {
      return OptionalDouble.of((nanoTime.getAsLong() - nanos) / 1e9);
    }
    return noted
        .map(at ->
            OptionalDouble.of(Math.max(0, Duration.between(at, clock.instant()).toMillis() / 1e3)))
        .orElse(OptionalDouble.empty());
  }

  /**
   * Seconds since the last change of an item came to this replica; empty if none has since it was
   * started. Where it is large and nothing is behind, the feeds themselves are quiet.
   */
  public OptionalDouble secondsSinceItem() {
    Long nanos = itemAtNanos;
    return nanos == null
        ? OptionalDouble.empty()
        : OptionalDouble.of((nanoTime.getAsLong() - nanos) / 1e9);
  }

  /** What keeps the store from being filled, a sentence; empty for nothing. */
  public String trouble() {
    return trouble;
  }

  /**
   * Starts to follow the log, once the topics are there.
   *
   * @param failed told when this cannot go on
   */
  public synchronized void follow(KafkaAddress kafka, Runnable failed) {
    if (thread != null) {
      throw new IllegalStateException("the log is followed already");
    }
    Thread started =
        Thread.ofPlatform()
            .name("store-feeder")
            .daemon()
            .uncaughtExceptionHandler((ended, cause) -> {
              // Whatever nobody foresaw ends the service, and is said.
              LOG.atError().setCause(cause).log("store cannot be filled any more");
              failed.run();
            })
            .unstarted(() -> run(kafka));
    thread = started;
    started.start();
  }

  private void run(KafkaAddress kafka) {
    while (closing.getCount() > 0) {
      try {
        connect(kafka);
      } catch (DiscardException e) {
        discard(e.reason);
      } catch (InvalidOffsetException e) {
        if (e.partitions().stream().anyMatch(ITEMS::contains)) {
          discard(Discarded.OUTSIDE_THE_TOPIC);
        }
      } catch (StoreException e) {
        recover(e);
      } catch (WakeupException | InterruptException e) {
        // Closing; the loop's condition says so.
        LOG.atDebug().log("feeder woken");
      } catch (KafkaException e) {
        trouble = "the log cannot be read: " + e.getMessage();
        LOG.atWarn().addKeyValue("reason", e.getMessage()).log("log cannot be read, trying again");
        pause();
      }
    }
  }

  private void connect(KafkaAddress kafka) {
    Admin asked = Admin.create(kafka.client());
    try (LogConsumer opened =
        new LogConsumer(
            kafka,
            "feed-api-store",
            Map.of(
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                2_000))) {
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

  private void recover(StoreException e) {
    if (e.damaged()) {
      LOG.atError().setCause(e).log("store is damaged");
      discard(Discarded.DAMAGED);
      return;
    }
    trouble = "the store cannot be written: " + e.getMessage();
    LOG.atError().setCause(e).log("store cannot be written, trying again");
    pause();
    try {
      store.reopen();
    } catch (StoreException again) {
      if (again.damaged()) {
        LOG.atError().setCause(again).log("store is damaged");
        discard(Discarded.DAMAGED);
        return;
      }
      LOG.atWarn().addKeyValue("reason", again.getMessage()).log("store cannot be opened");
    } finally {
      feeds.forget();
    }
  }

  private void discard(Discarded reason) {
    LOG.atWarn().addKeyValue("reason", label(reason)).log("store thrown away, read anew");
    count(reason);
    feeds.discard();
    store.discard();
    feeds.discard();
    note(Optional.empty());
    stoodAtNanos = null;
  }

  private void count(Discarded reason) {
    Objects.requireNonNull(discarded.get(reason)).increment();
  }

  private void count(Skipped reason) {
    Objects.requireNonNull(skipped.get(reason)).increment();
  }

  /** Of what an earlier version kept. */
  private void skip(Skipped reason, RuntimeException cause) {
    count(reason);
    LOG.atDebug()
        .addKeyValue("reason", label(reason))
        .addKeyValue("cause", cause.getMessage())
        .log("record on disk skipped");
  }

  private void count(Skipped reason, ConsumerRecord<?, ?> record) {
    count(reason);
    LOG.atDebug()
        .addKeyValue("reason", label(reason))
        .addKeyValue("topic", record.topic())
        .addKeyValue("partition", record.partition())
        .addKeyValue("offset", record.offset())
        .log("record skipped");
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

  /** One connection to the log, from the store's offsets, until something ends it. */
  private final class Progress {
    private final Map<Integer, Long> offsets;
    private boolean filled = noted.isPresent();

    /** The ends asked for last, when, and not passed yet. */
    private @Nullable Ends awaited;

    private long lookedAt;
    private long notedAt;
    private boolean everNoted;

    private Progress(Map<Integer, Long> offsets) {
      this.offsets = offsets;
      this.lookedAt = nanoTime.getAsLong() - LOOK.toNanos();
    }

    private void noted(Ends stood) {
      filled = true;
      everNoted = true;
      notedAt = stood.nanos();
    }
  }

  private record Ends(Map<TopicPartition, Long> offsets, long nanos, Instant at) {}

  private void read(Consumer<byte[], byte[]> from, Admin admin) {
    String topicId = TopicId.of(admin, Topics.FEED_ITEMS);
    Instant now = clock.instant();
    List<TopicPartition> all = new ArrayList<>(ITEMS);
    all.addAll(WHOLE);
    from.assign(all);
    requireUsable(from, topicId, now);
    restore();
    Map<TopicPartition, Long> begins = from.beginningOffsets(all);
    Map<TopicPartition, Long> ends = from.endOffsets(WHOLE);
    Map<Integer, Long> offsets = new HashMap<>(store.offsets());
    for (TopicPartition partition : ITEMS) {
      long next = offsets.computeIfAbsent(partition.partition(), p -> begin(begins, partition));
      from.seek(partition, next);
    }
    WHOLE.forEach(partition -> from.seek(partition, begin(begins, partition)));
    definitions.begin(begin(ends, DEFINITIONS));
    blocks.begin(begin(ends, CONTROL));
    if (store.topicId().isEmpty()) {
      Changes first = new Changes();
      first.begin(topicId, now);
      store.apply(first);
    }
    Progress progress = new Progress(offsets);
    while (closing.getCount() > 0) {
      turn(from, admin, topicId, progress);
    }
  }

  private static long begin(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    Long offset = offsets.get(partition);
    if (offset == null) {
      throw new KafkaException("the broker did not say where " + partition + " is");
    }
    return offset;
  }

  /** Before anything is read: what is on disk must be a past state of this very topic. */
  private void requireUsable(Consumer<byte[], byte[]> from, String topicId, Instant now) {
    Optional<String> held = store.topicId();
    if (held.isPresent() && !held.get().equals(topicId)) {
      throw new DiscardException(Discarded.ANOTHER_TOPIC);
    }
    Optional<Instant> known = store.stoodAtEnd().or(store::begun);
    if (known.isPresent() && Duration.between(known.get(), now).compareTo(limits.tooOld()) > 0) {
      throw new DiscardException(Discarded.TOO_OLD);
    }
    Map<TopicPartition, Long> begins = from.beginningOffsets(ITEMS);
    Map<TopicPartition, Long> ends = from.endOffsets(ITEMS);
    Map<Integer, Long> offsets = store.offsets();
    for (TopicPartition partition : ITEMS) {
      Long offset = offsets.get(partition.partition());
      if (offset != null
          && (offset < begin(begins, partition) || offset > begin(ends, partition))) {
        throw new DiscardException(Discarded.OUTSIDE_THE_TOPIC);
      }
    }
  }

  private void turn(Consumer<byte[], byte[]> from, Admin admin, String topicId, Progress progress) {
    if (store.damaged()) {
      throw new DiscardException(Discarded.DAMAGED);
    }
    Changes changes = new Changes();
    boolean redefined = false;
    boolean blocked = false;
    for (ConsumerRecord<byte[], byte[]> record : from.poll(POLL)) {
      if (record.topic().equals(DEFINITIONS.topic())) {
        redefined |= take(definitions, Skipped.DEFINITION, changes, record);
      } else if (record.topic().equals(CONTROL.topic())) {
        blocked |= take(blocks, Skipped.BLOCK, changes, record);
      } else {
        takeItem(changes, record);
      }
    }
    // Not the records' offsets: transactions leave markers that are no records.
    for (TopicPartition partition : ITEMS) {
      long next = from.position(partition);
      if (!Objects.equals(progress.offsets.put(partition.partition(), next), next)) {
        changes.offset(partition.partition(), next);
      }
    }
    redefined |= definitions.finish(changes, from.position(DEFINITIONS));
    long control = from.position(CONTROL);
    blocked |= blocks.finish(changes, control);
    if (blocked) {
      // In force before it is on disk: what is blocked never waits for that.
      feeds.block(blocks.known());
    }
    if (blocks.whole()) {
      controlOffset = OptionalLong.of(control);
    }
    Optional<Ends> stood = look(from, progress);
    Optional<Ends> noting = stood.filter(ends -> toBeNoted(admin, topicId, progress, ends));
    noting.ifPresent(ends -> changes.stoodAtEnd(ends.at()));
    Map<String, String> chosen =
        progress.filled || noting.isPresent()
            ? Serving.choose(definitions.known().states(), serving, progress.offsets)
            : serving;
    boolean served = !chosen.equals(serving);
    if (served) {
      changes.serving(chosen);
    }
    Map<FeedVersion, List<Order.Move>> moves = store.apply(changes);
    // Only what is written is true: before this line nothing that readers see has changed.
    serving = chosen;
    stood.ifPresent(ends -> stoodAtNanos = ends.nanos());
    if (!changes.items().isEmpty()) {
      itemAtNanos = nanoTime.getAsLong();
    }
    noting.ifPresent(ends -> {
      note(changes.stoodAtEnd());
      progress.noted(ends);
    });
    feeds.move(moves);
    if (progress.filled && !feeds.isComplete()) {
      LOG.atInfo().addKeyValue("items", store.items()).log("store filled");
    }
    if (redefined || served || progress.filled != feeds.isComplete()) {
      publish();
    }
  }

  private void takeItem(Changes changes, ConsumerRecord<byte[], byte[]> record) {
    String key;
    ItemChange change;
    try {
      key = text(record.key());
      FeedVersion version = FeedVersion.read(key);
      String uri = RecordUri.parse(FeedVersion.uri(key)).toString();
      change = new ItemChange(version, uri, Optional.empty());
    } catch (MalformedDataException | IllegalArgumentException e) {
      count(Skipped.ITEM_KEY, record);
      return;
    }
    if (record.value() == null) {
      changes.item(key, change);
      return;
    }
    try {
      FeedItem item = FeedItem.FORMAT.decode(record.value());
      changes.item(
          key,
          new ItemChange(
              change.version(),
              change.uri(),
              Optional.of(new Item(item, Bytes.of(record.value())))));
    } catch (SerializationException e) {
      count(Skipped.ITEM_VALUE, record);
    }
  }

  /** Strict UTF-8: anything else could make two keys of one. */
  private static String text(byte @Nullable [] key) {
    if (key == null) {
      throw new IllegalArgumentException("no key");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a key that is not UTF-8", e);
    }
  }

  /** Returns whether what is known of the topic has changed. */
  private boolean take(
      WholeTopic<?> topic,
      Skipped unusable,
      Changes changes,
      ConsumerRecord<byte[], byte[]> record) {
    try {
      return topic.take(
          changes, text(record.key()), Optional.ofNullable(record.value()).map(Bytes::of));
    } catch (SerializationException | IllegalArgumentException e) {
      count(unusable, record);
      return false;
    }
  }

  /** Finds out how far behind the store is: returns the ends that it has passed, once for each. */
  private Optional<Ends> look(Consumer<byte[], byte[]> from, Progress progress) {
    long now = nanoTime.getAsLong();
    if (progress.awaited == null && now - progress.lookedAt >= LOOK.toNanos()) {
      progress.lookedAt = now;
      Instant at = clock.instant();
      try {
        progress.awaited = new Ends(from.endOffsets(ITEMS), now, at);
        trouble = "";
      } catch (TimeoutException e) {
        trouble = "kafka does not answer";
        LOG.atDebug().addKeyValue("reason", e.getMessage()).log("kafka does not answer");
      }
    }
    Ends ends = progress.awaited;
    if (ends == null
        || !definitions.whole()
        || !blocks.whole()
        || !passed(ends, progress.offsets)) {
      return Optional.empty();
    }
    progress.awaited = null;
    return Optional.of(ends);
  }

  /**
   * Whether it is time to note that the store stood at the end, and the topic is still the same.
   */
  private boolean toBeNoted(Admin admin, String topicId, Progress progress, Ends stood) {
    if (progress.everNoted && stood.nanos() - progress.notedAt < limits.note().toNanos()) {
      return false;
    }
    if (!isStill(admin, topicId)) {
      return false;
    }
    Optional<Instant> before = noted.or(store::begun);
    if (before.isPresent()
        && Duration.between(before.get(), stood.at()).compareTo(limits.tooOld()) > 0) {
      throw new DiscardException(Discarded.TOO_OLD);
    }
    return true;
  }

  private static boolean passed(Ends ends, Map<Integer, Long> offsets) {
    return ends.offsets().entrySet().stream()
        .allMatch(end -> offsets.getOrDefault(end.getKey().partition(), 0L) >= end.getValue());
  }

  /** Whether the topic is the one that is read; false too where the broker does not say. */
  private static boolean isStill(Admin admin, String topicId) {
    try {
      if (!TopicId.of(admin, Topics.FEED_ITEMS).equals(topicId)) {
        throw new DiscardException(Discarded.ANOTHER_TOPIC);
      }
      return true;
    } catch (KafkaException e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("topic not described");
      return false;
    }
  }

  private void publish() {
    Definitions known = definitions.known();
    feeds.serve(noted.isPresent(), serving, known.byVersion(), known.states());
  }

  /** The store is no past state of the topic. */
  private static final class DiscardException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Discarded reason;

    DiscardException(Discarded reason) {
      super(label(reason), null, false, false);
      this.reason = reason;
    }
  }

  /** Lets the thread end, without waiting for it. The feeds can still be read. */
  public void stopFollowing() {
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

  /** Ends the thread and closes the store; readers find it closed. */
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
    store.close();
  }
}
