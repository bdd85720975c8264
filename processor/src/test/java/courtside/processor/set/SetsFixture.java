package courtside.processor.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.syntax.Tid;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.processor.definition.SomeFeed;
import courtside.processor.feed.FeedTopology;
import courtside.processor.feed.Memory;
import courtside.processor.letter.TestLetters;
import courtside.processor.log.TopicReader;
import courtside.processor.metrics.Counts;
import courtside.processor.streams.LogEnds;
import courtside.processor.streams.RocksMemory;
import courtside.processor.streams.StreamsSettings;
import courtside.service.kafka.KafkaAddress;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** A broker, and sets on instances of which none leaves its groups by closing. */
final class SetsFixture implements AutoCloseable {
  static final Duration LIMIT = Duration.ofMinutes(2);

  /** Few enough that some partitions never have an event. */
  private static final int AUTHORS = 6;

  private final Path directory;
  private final AtomicBoolean failed = new AtomicBoolean();
  private final EmbeddedBroker broker;
  private final KafkaAddress kafka;
  private final Admin admin;
  private final LogEnds ends;
  private final RocksMemory memory = new RocksMemory(32_000_000);

  private SetsFixture(Path directory) throws InterruptedException {
    this.directory = directory;
    this.broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
    this.kafka = new KafkaAddress(broker.bootstrap());
    this.admin = Admin.create(kafka.client());
    new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
    this.ends = LogEnds.start(admin, List.of(Topics.POSTS), System::nanoTime);
  }

  static SetsFixture start(Path directory) throws InterruptedException {
    return new SetsFixture(directory);
  }

  FeedSets sets(String instance, MeterRegistry registry) {
    return sets(instance, registry, 0);
  }

  FeedSets sets(String instance) {
    return sets(instance, new SimpleMeterRegistry());
  }

  FeedSets sets(String instance, MeterRegistry registry, int standbyReplicas) {
    Counts counts = new Counts(registry);
    return FeedSets.start(
        new FeedSetsSettings(
            new StreamsSettings(
                kafka,
                "processor-" + instance,
                state(instance),
                Duration.ofMillis(50),
                false,
                memory),
            1,
            standbyReplicas,
            Memory.DEFAULT,
            ends,
            TestLetters.all(counts),
            counts,
            registry,
            InstantSource.system(),
            System::nanoTime,
            () -> failed.set(true)));
  }

  Path state(String instance) {
    return directory.resolve(instance);
  }

  void deleteState(String instance) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(state(instance))) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }

  /** The tasks of which an instance has state of a set. */
  Set<String> tasks(String instance, String set) throws IOException {
    try (Stream<Path> found = Files.list(state(instance).resolve(FeedTopology.application(set)))) {
      return found
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith("0_"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** The version of a feed, which every post is in. */
  static FeedVersion version(String feed) {
    return FeedVersion.of(feed, "one");
  }

  void define(String feed, String set) throws Exception {
    FeedDefinition definition = SomeFeed.of("nba").in(set).definition();
    write(Topics.FEED_DEFINITIONS, version(feed).key(), FeedDefinition.FORMAT.encode(definition));
  }

  /** Says that it is not to be matched any more. */
  void remove(String feed) throws Exception {
    FeedVersion version = version(feed);
    FeedState state =
        new FeedState(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(version.version()),
            true,
            Instant.now(),
            List.of());
    write(Topics.FEED_DEFINITIONS, version.feed().value(), FeedState.FORMAT.encode(state));
  }

  /** Takes its definition out. */
  void forget(String feed) throws Exception {
    write(Topics.FEED_DEFINITIONS, version(feed).key(), null);
  }

  /** Writes posts that every feed has, of several authors in turn. */
  void writePosts(int from, int to) throws Exception {
    for (int post = from; post < to; post++) {
      writePost(post, "the nba tonight");
    }
  }

  /** Writes a post with a text. */
  void writePost(int post, String text) throws Exception {
    write(
        post,
        new PostEvent.Created(
            uri(post), Tid.at(Instant.now(), 0).value(), origin(), "bafy", record(text)));
  }

  /** Has an earlier post say something else. */
  void edit(int post, String text) throws Exception {
    write(
        post,
        new PostEvent.Updated(
            uri(post), Tid.at(Instant.now(), 0).value(), origin(), "bafy", record(text)));
  }

  private void write(int post, PostEvent event) throws Exception {
    write(Topics.POSTS, author(post), PostEvent.FORMAT.encode(event));
  }

  private static PostEvent.Origin origin() {
    return new PostEvent.Origin("relay", 1, 1, Instant.now());
  }

  private static Bytes record(String text) {
    return Bytes.of(DagCborWriter.write(Map.of("$type", "app.bsky.feed.post", "text", text)));
  }

  private static String author(int post) {
    return "did:plc:author" + post % AUTHORS;
  }

  private static String uri(int post) {
    return "at://" + author(post) + "/app.bsky.feed.post/post" + post;
  }

  void write(Topic topic, String key, byte @Nullable [] value) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka.client(), new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic.name(), key, value)).get();
    }
  }

  /** Waits until a feed has so many items. */
  void awaitItems(String feed, int count) {
    await().atMost(LIMIT).untilAsserted(() -> assertThat(items(feed)).as(feed).hasSize(count));
  }

  /** The keys of a feed's items. */
  Set<String> items(String feed) {
    Set<String> items = new TreeSet<>();
    read(
        Topics.FEED_ITEMS,
        (key, value) -> {
          if (!FeedVersion.read(key).equals(version(feed))) {
            return;
          }
          if (value == null) {
            items.remove(key);
          } else {
            items.add(key);
          }
        });
    return items;
  }

  void read(Topic topic, TopicReader.Each each) {
    try (TopicReader reader = new TopicReader(kafka, "test", topic, each)) {
      reader.readToEnd();
    }
  }

  Admin admin() {
    return admin;
  }

  @Override
  public void close() {
    memory.close();
    ends.close();
    admin.close();
    broker.close();
    assertThat(failed).isFalse();
  }
}
