package courtside.command;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.log.HighWatermarks;
import courtside.processor.log.TopicReader;
import courtside.service.Parts;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a pipeline's log says of its feeds: definitions, states, how far versions are, and what
 * became of wishes. Read on whenever that is asked for. Confined to one thread.
 */
final class FeedsLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedsLog.class);
  private static final int ANSWER_MS = (int) Duration.ofSeconds(10).toMillis();
  private static final String CLIENT = "courtside-feeds";

  private final KafkaAddress kafka;
  private final LongSupplier nanoTime;
  private final Parts parts = new Parts();
  private final Admin admin;
  private final Catalogue catalogue = new Catalogue();
  private final Map<String, FeedStatus> statuses = new HashMap<>();
  private final Map<String, String> wishes = new HashMap<>();

  /** What became of each wish that was dealt with since this was opened, and of the last before. */
  private final Map<String, Optional<String>> answers = new HashMap<>();

  /** When there was last a word of a feed, or of a version, by key. */
  private final Map<String, Long> heard = new HashMap<>();

  private final long openedAt;
  private final TopicReader control;
  private final TopicReader progress;
  private final TopicReader definitions;

  private FeedsLog(KafkaAddress kafka, LongSupplier nanoTime) throws InterruptedException {
    this.kafka = kafka;
    this.nanoTime = nanoTime;
    this.openedAt = nanoTime.getAsLong();
    Map<String, Object> config = kafka.client();
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MS);
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MS);
    try {
      admin = parts.add(Admin.create(config));
      RequiredTopics.require(
          admin,
          kafka,
          List.of(Topics.FEED_DEFINITIONS, Topics.FEED_STATUS, Topics.CONTROL, Topics.POSTS));
      control =
          parts.add(new TopicReader(kafka, CLIENT + "-control", Topics.CONTROL, this::noteWish));
      progress =
          parts.add(
              new TopicReader(kafka, CLIENT + "-status", Topics.FEED_STATUS, this::noteStatus));
      definitions =
          parts.add(
              new TopicReader(
                  kafka, CLIENT + "-definitions", Topics.FEED_DEFINITIONS, this::noteDefinition));
    } catch (InterruptedException | RuntimeException e) {
      parts.closeAfter(e);
      throw e;
    }
  }

  /**
   * Opens the log and reads it to its end.
   *
   * @throws KafkaException if Kafka does not answer, or no pipeline was ever there
   */
  static FeedsLog open(KafkaAddress kafka, LongSupplier nanoTime) throws InterruptedException {
    FeedsLog log = new FeedsLog(kafka, nanoTime);
    try {
      log.control.readToEnd();
      log.progress.readToEnd();
      // With what is committed behind somebody's open transaction: what is decided by it is shown.
      log.definitions.readTo(HighWatermarks.of(log.admin, Topics.FEED_DEFINITIONS));
      return log;
    } catch (RuntimeException e) {
      log.parts.closeAfter(e);
      throw e;
    }
  }

  /**
   * Reads what is new.
   *
   * @throws KafkaException if it cannot be read; a later call goes on
   */
  void read() {
    control.readToEnd();
    progress.readToEnd();
    definitions.readToEnd();
  }

  Catalogue catalogue() {
    return catalogue;
  }

  /** The newest definition of a version says whether it waits for a person. */
  boolean isHeld(FeedVersion version) {
    var definition = catalogue.definitions(version.feed()).get(version);
    return definition != null && definition.hold();
  }

  /** The feed of that name, where there is one or was one. */
  Optional<RecordKey> feed(String name) {
    return catalogue.feeds().stream().filter(feed -> feed.value().equals(name)).findFirst();
  }

  /** How far a version is. */
  VersionProgress progress(FeedVersion version, List<Long> begins) {
    return VersionProgress.of(version, statuses, begins);
  }

  /** What the partitions last said of a version, of those that have. */
  List<FeedStatus> statuses(FeedVersion version) {
    return IntStream.range(0, Topics.POSTS.partitions())
        .mapToObj(partition -> Optional.ofNullable(statuses.get(version.statusKey(partition))))
        .flatMap(Optional::stream)
        .toList();
  }

  /** Whether a wish was dealt with; holds why it was refused, where it was. */
  Optional<Answer> answer(String wish) {
    return Optional.ofNullable(answers.get(wish)).map(Answer::new);
  }

  /**
   * What became of a wish.
   *
   * @param refusal why it was not carried out, where it was not
   */
  record Answer(Optional<String> refusal) {}

  /** The id of the newest wish about a feed. */
  Optional<String> newestWish(RecordKey feed) {
    return Optional.ofNullable(wishes.get(feed.value()));
  }

  /** How long nothing has been heard of a version or of its feed; at most since this was opened. */
  Duration silence(FeedVersion version) {
    long last =
        Math.max(
            heard.getOrDefault(version.key(), openedAt),
            heard.getOrDefault(version.feed().value(), openedAt));
    return Duration.ofNanos(nanoTime.getAsLong() - last);
  }

  /** The ends of {@code posts} now, by partition. */
  List<Long> ends() {
    return inOrder(HighWatermarks.of(admin, Topics.POSTS));
  }

  /** The first offsets that {@code posts} still has, by partition. */
  List<Long> begins() throws InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (int partition = 0; partition < Topics.POSTS.partitions(); partition++) {
      asked.put(new TopicPartition(Topics.POSTS.name(), partition), OffsetSpec.earliest());
    }
    Map<TopicPartition, Long> begins = new HashMap<>();
    try {
      admin
          .listOffsets(asked)
          .all()
          .get()
          .forEach((partition, found) -> begins.put(partition, found.offset()));
    } catch (ExecutionException e) {
      throw new KafkaException("the beginning of posts is not known", e.getCause());
    }
    return inOrder(begins);
  }

  private static List<Long> inOrder(Map<TopicPartition, Long> offsets) {
    return IntStream.range(0, Topics.POSTS.partitions())
        .mapToObj(partition ->
            offsets.getOrDefault(new TopicPartition(Topics.POSTS.name(), partition), 0L))
        .toList();
  }

  /** Writes a wish. */
  void wish(Wish.OfFeed wish) throws InterruptedException {
    WishWriter.write(kafka, wish);
  }

  private void noteWish(String key, byte @Nullable [] value) {
    if (value == null) {
      return;
    }
    try {
      if (Wish.FORMAT.decode(value) instanceof Wish.OfFeed wish) {
        wishes.put(wish.feed(), wish.id());
      }
    } catch (SerializationException e) {
      passOver(key, e);
    }
  }

  private void noteStatus(String key, byte @Nullable [] value) {
    statuses.remove(key);
    if (value == null) {
      return;
    }
    try {
      heard.put(FeedVersion.read(key).key(), nanoTime.getAsLong());
      statuses.put(key, FeedStatus.FORMAT.decode(value));
    } catch (SerializationException | IllegalArgumentException e) {
      passOver(key, e);
    }
  }

  private void noteDefinition(String key, byte @Nullable [] value) {
    // Says itself what it cannot read.
    catalogue.apply(key, value);
    if (!FeedVersion.isDefinitionKey(key) && RecordKey.isValid(key)) {
      heard.put(key, nanoTime.getAsLong());
      // Each state, not the last alone: the next wish may be dealt with before this is asked.
      Optional<FeedState> state = catalogue.state(new RecordKey(key));
      state
          .flatMap(FeedState::wish)
          .ifPresent(id -> answers.put(id, state.flatMap(FeedState::refusal)));
    }
  }

  private static void passOver(String key, RuntimeException failure) {
    LOG.atWarn()
        .addKeyValue("key", key)
        .addKeyValue("reason", failure.getMessage())
        .log("not readable here, passed over");
  }

  @Override
  public void close() {
    parts.close();
  }
}
