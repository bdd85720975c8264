package courtside.processor.steward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.processor.apply.Applied;
import courtside.processor.apply.Applied.Outcome;
import courtside.processor.apply.Apply;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.feed.FeedTopology;
import courtside.processor.log.HighWatermarks;
import courtside.processor.log.TopicReader;
import courtside.service.kafka.KafkaAddress;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * The topics of feeds on a broker as a test sees and writes them: as people who apply and wish, and
 * in the place of the tasks of sets. Its clock stands still unless it is advanced.
 */
final class LoggedFeeds implements AutoCloseable {
  private static final int PARTITIONS = Topics.POSTS.partitions();

  private final KafkaAddress kafka;
  private final Admin admin;
  private final Random random = new Random(1);
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-24T12:00:00Z"));
  private final Producer<String, byte[]> producer;
  private final Catalogue catalogue = new Catalogue();
  private final Map<RecordKey, List<String>> served = new HashMap<>();
  private final Map<FeedVersion, List<String>> sets = new HashMap<>();
  private final Map<String, FeedStatus> statuses = new HashMap<>();
  private final TopicReader definitions;
  private final TopicReader progress;

  LoggedFeeds(KafkaAddress kafka) throws InterruptedException {
    this.kafka = kafka;
    this.admin = Admin.create(kafka.client());
    new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
    this.producer =
        new KafkaProducer<>(kafka.client(), new StringSerializer(), new ByteArraySerializer());
    this.definitions =
        new TopicReader(kafka, "test-definitions", Topics.FEED_DEFINITIONS, this::note);
    this.progress = new TopicReader(kafka, "test-status", Topics.FEED_STATUS, this::noteStatus);
  }

  KafkaAddress kafka() {
    return kafka;
  }

  Admin admin() {
    return admin;
  }

  Supplier<String> setIds() {
    return Apply.setIds(random);
  }

  Instant now() {
    return now.get();
  }

  void advance(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }

  // What is there.

  private void note(String key, byte @Nullable [] value) {
    catalogue.apply(key, value);
    if (value == null) {
      return;
    }
    if (!FeedVersion.isDefinitionKey(key)) {
      served
          .computeIfAbsent(new RecordKey(key), _ -> new ArrayList<>())
          .add(FeedState.FORMAT.decode(value).served().orElse("none"));
    } else if (value.length > 1) {
      sets.computeIfAbsent(FeedVersion.read(key), _ -> new ArrayList<>())
          .add(FeedDefinition.FORMAT.decode(value).set());
    }
  }

  private void noteStatus(String key, byte @Nullable [] value) {
    if (value == null) {
      statuses.remove(key);
    } else {
      statuses.put(key, FeedStatus.FORMAT.decode(value));
    }
  }

  Optional<FeedState> state(RecordKey feed) {
    definitions.readToEnd();
    return catalogue.state(feed);
  }

  /** The version served, or none, of every state of a feed that was ever written. */
  List<String> served(RecordKey feed) {
    definitions.readToEnd();
    return served.getOrDefault(feed, List.of());
  }

  /** The set of every definition of a version that was ever written. */
  List<String> everySetOf(FeedVersion version) {
    definitions.readToEnd();
    return sets.getOrDefault(version, List.of());
  }

  Map<FeedVersion, FeedDefinition> definitions() {
    definitions.readToEnd();
    return catalogue.definitions();
  }

  Map<String, FeedStatus> statuses() {
    progress.readToEnd();
    return statuses;
  }

  List<Long> highWatermarks(Topic topic) {
    Map<TopicPartition, Long> ends = HighWatermarks.of(admin, topic);
    List<Long> inOrder = new ArrayList<>();
    for (int partition = 0; partition < topic.partitions(); partition++) {
      inOrder.add(ends.get(new TopicPartition(topic.name(), partition)));
    }
    return inOrder;
  }

  Set<String> topics() throws Exception {
    return admin.listTopics().names().get();
  }

  /** The group and the topics that are left of a set. */
  Set<String> leftOf(String set) throws Exception {
    Set<String> left = new TreeSet<>();
    Stream.concat(
            admin.listGroups().all().get().stream().map(GroupListing::groupId), topics().stream())
        .filter(name -> name.startsWith(FeedTopology.application(set)))
        .forEach(left::add);
    return left;
  }

  // As people.

  Applied apply(String feed, String name, boolean hold) throws Exception {
    return apply(hold, file(feed, name)).getFirst();
  }

  List<Applied> apply(boolean hold, DefinitionFile... files) throws InterruptedException {
    return Apply.apply(kafka, List.of(files), hold, setIds());
  }

  /** By two people at the same time; what the one has done who was first. */
  Applied applyAtOnce(String feed, String name) throws Exception {
    List<Applied> both = new ArrayList<>();
    try (ExecutorService people = Executors.newFixedThreadPool(2)) {
      List<Future<Applied>> applied = new ArrayList<>();
      for (int person = 0; person < 2; person++) {
        applied.add(people.submit(() -> apply(feed, name, false)));
      }
      for (Future<Applied> one : applied) {
        both.add(one.get(60, TimeUnit.SECONDS));
      }
    }
    assertThat(both)
        .extracting(Applied::outcome)
        .containsExactlyInAnyOrder(Outcome.WRITTEN, Outcome.UNCHANGED);
    return both.stream().filter(one -> one.outcome() == Outcome.WRITTEN).findFirst().orElseThrow();
  }

  void wish(Wish wish) throws Exception {
    write(new ProducerRecord<>(Topics.CONTROL.name(), wish.key(), Wish.FORMAT.encode(wish)));
  }

  // As the tasks of sets.

  /** Every partition has read all there is. */
  void keepUp(FeedVersion version) throws Exception {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      writeStatus(version, partition, Optional.empty());
    }
  }

  /** Every partition has taken the version out. */
  void removed(FeedVersion version, String set) throws Exception {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      writeStatus(version, partition, Optional.of(set));
    }
  }

  /** Every partition but one has. */
  void removedBut(FeedVersion version, String set, int not) throws Exception {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      if (partition != not) {
        writeStatus(version, partition, Optional.of(set));
      }
    }
  }

  private void writeStatus(FeedVersion version, int partition, Optional<String> removed)
      throws Exception {
    FeedStatus status =
        new FeedStatus(
            now(),
            1_000_000,
            1_000_000,
            now(),
            0,
            0,
            OptionalLong.empty(),
            OptionalDouble.empty(),
            removed);
    write(
        new ProducerRecord<>(
            Topics.FEED_STATUS.name(),
            version.statusKey(partition),
            FeedStatus.FORMAT.encode(status)));
  }

  /** A group without members and an internal topic, as an application leaves them. */
  void leaveBehind(String set) throws Exception {
    admin
        .alterConsumerGroupOffsets(
            FeedTopology.application(set),
            Map.of(new TopicPartition(Topics.POSTS.name(), 0), new OffsetAndMetadata(0)))
        .all()
        .get();
    createTopic(FeedTopology.application(set) + "-entries-changelog");
    // The broker lists a topic a moment after it is made.
    await().atMost(Duration.ofSeconds(30)).until(() -> leftOf(set).size() == 2);
  }

  void createTopic(String name) throws Exception {
    admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
  }

  /** An instance that runs the set. */
  KafkaConsumer<byte[], byte[]> joinGroupOf(String set) {
    Map<String, Object> config = kafka.client();
    config.put(ConsumerConfig.GROUP_ID_CONFIG, FeedTopology.application(set));
    KafkaConsumer<byte[], byte[]> member =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    member.subscribe(List.of(Topics.POSTS.name()));
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (member.assignment().isEmpty()) {
      assertThat(System.nanoTime()).as("joined in time").isLessThan(deadline);
      member.poll(Duration.ofMillis(100));
    }
    return member;
  }

  void write(ProducerRecord<String, byte[]> record) throws Exception {
    producer.send(record).get();
  }

  Producer<String, byte[]> transactional(String id, int timeoutMs) {
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
    config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, timeoutMs);
    Producer<String, byte[]> transactional =
        new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    transactional.initTransactions();
    return transactional;
  }

  static DefinitionFile file(String feed, String name) throws Exception {
    String yaml = "feed: " + feed + "\nname: " + name + "\nrule: nba\n";
    return DefinitionFile.read(
        "test.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() {
    definitions.close();
    progress.close();
    producer.close();
    admin.close();
  }
}
