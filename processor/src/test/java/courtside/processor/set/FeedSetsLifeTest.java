package courtside.processor.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.syntax.Tid;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedStatus;
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
import courtside.processor.streams.Application;
import courtside.processor.streams.LogEnds;
import courtside.processor.streams.RocksMemory;
import courtside.processor.streams.StreamsSettings;
import courtside.service.kafka.KafkaAddress;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets from their first definition to their last, on two instances that never leave by closing. */
final class FeedSetsLifeTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final FeedVersion NBA = FeedVersion.of("nba", "one");
  private static final FeedVersion CHAT = FeedVersion.of("chat", "one");
  private static final FeedVersion OTHER = FeedVersion.of("other", "one");
  private static final String ENDS = "ends";
  private static final String STAYS = "stays";

  /** Few enough that some partitions never have an event. */
  private static final int AUTHORS = 6;

  private static final int POSTS = 60;

  @TempDir Path directory;
  private final AtomicBoolean failed = new AtomicBoolean();
  private EmbeddedBroker broker;
  private KafkaAddress kafka;
  private Admin admin;
  private LogEnds ends;
  private RocksMemory memory;

  @BeforeEach
  void open() throws Exception {
    broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
    kafka = new KafkaAddress(broker.bootstrap());
    admin = Admin.create(kafka.client());
    new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
    ends = LogEnds.start(admin, List.of(Topics.POSTS));
    memory = new RocksMemory(32_000_000);
  }

  @AfterEach
  void close() {
    memory.close();
    ends.close();
    admin.close();
    broker.close();
    assertThat(failed).isFalse();
  }

  @Test
  void aSetLosesItsVersionsAndThenEndsForGood() throws Exception {
    // given: two sets on two instances
    define(NBA, ENDS);
    define(CHAT, ENDS);
    define(OTHER, STAYS);
    for (int post = 0; post < POSTS; post++) {
      writePost(post);
    }
    try (FeedSets one = start("one");
        FeedSets two = start("two")) {
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> {
            for (FeedVersion version : List.of(NBA, CHAT, OTHER)) {
              assertThat(items(version)).hasSize(POSTS);
            }
            for (String instance : List.of("one", "two")) {
              assertThat(directories(instance)).containsExactlyInAnyOrder(ENDS, STAYS);
            }
            assertThat(members(ENDS)).hasSize(2);
          });

      // when: a version is removed
      remove(NBA);
      awaitRemoved(NBA);
      // then: whoever reads that it is has nothing of it left to read
      assertThat(items(NBA)).isEmpty();
      assertThat(items(CHAT)).hasSize(POSTS);
      assertThat(items(OTHER)).hasSize(POSTS);

      // and: once its definition is gone, its set goes on without it
      write(Topics.FEED_DEFINITIONS, NBA.key(), null);
      writePost(POSTS);
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> {
            assertThat(items(CHAT)).hasSize(POSTS + 1);
            assertThat(items(OTHER)).hasSize(POSTS + 1);
          });
      assertThat(items(NBA)).isEmpty();
      assertThat(sets(one)).containsExactlyInAnyOrder(ENDS, STAYS);

      // when: the last one is removed, and gone
      remove(CHAT);
      awaitRemoved(CHAT);
      assertThat(items(CHAT)).isEmpty();
      assertThat(directories("one")).contains(ENDS);
      write(Topics.FEED_DEFINITIONS, CHAT.key(), null);

      // then: nothing is left of its set on either instance, nor in its group
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> {
            assertThat(sets(one)).containsExactly(STAYS);
            assertThat(sets(two)).containsExactly(STAYS);
            assertThat(directories("one")).containsExactly(STAYS);
            assertThat(directories("two")).containsExactly(STAYS);
          });
      assertThat(members(ENDS)).isEmpty();
      admin.deleteConsumerGroups(List.of(FeedTopology.application(ENDS))).all().get();
      assertThat(items(OTHER)).hasSize(POSTS + 1);
    }
    // One that is only stopped keeps its place and its state.
    assertThat(members(STAYS)).hasSize(2);
    assertThat(directories("one")).containsExactly(STAYS);
  }

  @Test
  void whatASetLeftWhileAnInstanceWasAwayIsDeletedUnlessADefinitionCannotBeRead() throws Exception {
    // given: an instance with the state of a set that may have a definition
    Path left = state("one").resolve(FeedTopology.application(ENDS));
    Files.createDirectories(left.resolve("0_3/rocksdb"));
    Files.writeString(left.resolve("0_3/rocksdb/CURRENT"), "x");
    Files.createDirectories(state("one").resolve("courtside-extract"));
    define(OTHER, STAYS);
    write(Topics.FEED_DEFINITIONS, NBA.key(), "from the future".getBytes(StandardCharsets.UTF_8));

    try (FeedSets one = start("one")) {
      await().atMost(LIMIT).untilAsserted(() -> assertThat(sets(one)).containsExactly(STAYS));
      assertThat(one.isRead()).isTrue();
      assertThat(directories("one")).contains(ENDS);

      // when: there is none for certain
      write(Topics.FEED_DEFINITIONS, NBA.key(), null);

      await().atMost(LIMIT).untilAsserted(() -> assertThat(left).doesNotExist());
      assertThat(directories("one")).containsExactly(STAYS);
      assertThat(state("one").resolve("courtside-extract")).isDirectory();
    }
  }

  private FeedSets start(String instance) {
    Counts counts = new Counts(new SimpleMeterRegistry());
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
            0,
            Memory.DEFAULT,
            ends,
            TestLetters.all(counts),
            counts,
            new SimpleMeterRegistry(),
            InstantSource.system(),
            System::nanoTime,
            () -> failed.set(true)));
  }

  private Path state(String instance) {
    return directory.resolve(instance);
  }

  /** The sets that have a directory on an instance. */
  private Set<String> directories(String instance) throws Exception {
    try (var found = Files.list(state(instance))) {
      return found
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith(FeedTopology.application("")))
          .map(name -> name.substring(FeedTopology.application("").length()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static List<String> sets(FeedSets sets) {
    return sets.applications().stream()
        .map(Application::id)
        .map(id -> id.substring(FeedTopology.application("").length()))
        .toList();
  }

  private List<String> members(String set) throws Exception {
    String group = FeedTopology.application(set);
    return Objects.requireNonNull(
            admin.describeConsumerGroups(List.of(group)).all().get().get(group))
        .members()
        .stream()
        .map(MemberDescription::clientId)
        .toList();
  }

  private void awaitRemoved(FeedVersion version) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          Map<String, Optional<String>> removed = new HashMap<>();
          read(
              Topics.FEED_STATUS,
              (key, value) -> {
                if (value != null && FeedVersion.read(key).equals(version)) {
                  removed.put(key, FeedStatus.FORMAT.decode(value).removed());
                }
              });
          assertThat(removed).hasSize(Topics.POSTS.partitions());
          assertThat(removed.values()).containsOnly(Optional.of(ENDS));
        });
  }

  private Set<String> items(FeedVersion version) {
    Set<String> items = new TreeSet<>();
    read(
        Topics.FEED_ITEMS,
        (key, value) -> {
          if (!FeedVersion.read(key).equals(version)) {
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

  private void read(Topic topic, TopicReader.Each each) {
    try (TopicReader reader = new TopicReader(kafka, "test", topic, each)) {
      reader.readToEnd();
    }
  }

  private void define(FeedVersion version, String set) throws Exception {
    FeedDefinition definition = SomeFeed.of("nba").in(set).definition();
    write(Topics.FEED_DEFINITIONS, version.key(), FeedDefinition.FORMAT.encode(definition));
  }

  private void remove(FeedVersion version) throws Exception {
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

  private void writePost(int post) throws Exception {
    String did = "did:plc:author" + post % AUTHORS;
    byte[] record =
        DagCborWriter.write(Map.of("$type", "app.bsky.feed.post", "text", "the nba tonight"));
    PostEvent event =
        new PostEvent.Created(
            "at://" + did + "/app.bsky.feed.post/post" + post,
            Tid.at(Instant.now(), 0).value(),
            new PostEvent.Origin("relay", 1, 1, Instant.now()),
            "bafy",
            Bytes.of(record));
    write(Topics.POSTS, did, PostEvent.FORMAT.encode(event));
  }

  private void write(Topic topic, String key, byte @Nullable [] value) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka.client(), new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic.name(), key, value)).get();
    }
  }
}
