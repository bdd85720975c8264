package courtside.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.syntax.Tid;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.Topics;
import courtside.processor.apply.Applied;
import courtside.processor.apply.Apply;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.feed.FeedTopology;
import courtside.processor.log.TopicReader;
import courtside.service.health.Health;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.frames.CommitFrame;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A set of which the store has what nobody can read: it fails again whatever is tried. */
final class FailedSetTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

  private final Supplier<String> setIds = Apply.setIds(new Random(1));

  @TempDir Path directory;
  private EmbeddedBroker broker;
  private KafkaAddress kafka;
  private int frames;

  @BeforeEach
  void open() throws Exception {
    broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
    kafka = new KafkaAddress(broker.bootstrap());
    SmallProcessor.prepare(kafka);
  }

  @AfterEach
  void close() {
    broker.close();
  }

  @Test
  void closesAloneAndHealthNamesItAndItsFeeds() throws Exception {
    // given: two sets
    Applied hurt = apply("hurt");
    Applied well = apply("well");
    try (Processor _ = Processor.start(settings())) {
      post(1);
      awaitItems(Set.of(key(hurt, 1), key(well, 1)));
    }

    // when: one of them cannot read what it has of a post which is edited
    String set = hurt.set().orElseThrow();
    assertThat(spoil(FeedTopology.application(set) + "-entries-changelog")).isPositive();
    assertThat(Damage.ALL.getFirst().under(directory.resolve("data"))).isPositive();
    try (Processor processor = Processor.start(settings())) {
      edit(1);

      // then: that is said, and it is the only one that stands still
      await()
          .atMost(LIMIT)
          // The set's threads end by what they cannot read: that is what is waited for.
          .dontCatchUncaughtExceptions()
          .untilAsserted(() -> {
            Health health = processor.health();
            assertThat(health.reasons())
                .singleElement()
                .asString()
                .startsWith("the set " + set + " has failed here, and its feed hurt stands still");
            assertThat(health.state()).isEqualTo("processing");
          });
      assertThat(processor.health().ready()).isFalse();
      assertThat(processor.health().live()).isTrue();
      // What it has not read is not known, and not nothing.
      assertThat(processor.health().figures())
          .doesNotContainKey("posts_lag")
          .containsKey("frames_lag_seconds");
      post(2);
      awaitItems(Set.of(key(hurt, 1), key(well, 1), key(well, 2)));
    }
  }

  private Applied apply(String feed) throws Exception {
    byte[] yaml =
        ("feed: " + feed + "\nname: A feed\nrule: '*:*'\n").getBytes(StandardCharsets.UTF_8);
    return Apply.apply(
            kafka,
            List.of(DefinitionFile.read(feed + ".yaml", new ByteArrayInputStream(yaml))),
            false,
            setIds)
        .getFirst();
  }

  /** Writes over every value of a changelog, and says how many there were. */
  private int spoil(String changelog) throws Exception {
    Map<String, Object> config = kafka.client();
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    Set<Map.Entry<Integer, Bytes>> keys = new HashSet<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(changelog).stream()
              .map(partition -> new TopicPartition(changelog, partition.partition()))
              .toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          keys.add(Map.entry(record.partition(), Bytes.wrap(record.key())));
        }
      }
    }
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(kafka.client(), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (Map.Entry<Integer, Bytes> key : keys) {
        byte[] noise = "noise".getBytes(StandardCharsets.UTF_8);
        producer
            .send(new ProducerRecord<>(changelog, key.getKey(), key.getValue().get(), noise))
            .get();
      }
    }
    return keys.size();
  }

  private void awaitItems(Set<String> expected) {
    await().atMost(LIMIT).untilAsserted(() -> assertThat(items()).isEqualTo(expected));
  }

  private Set<String> items() {
    Set<String> items = new TreeSet<>();
    try (TopicReader reader =
        new TopicReader(kafka, "test", Topics.FEED_ITEMS, (key, _) -> items.add(key))) {
      reader.readToEnd();
    }
    return items;
  }

  private static String key(Applied feed, int post) {
    FeedVersion version = feed.version();
    return version.itemKey("at://" + DID + "/" + path(post));
  }

  private static String path(int post) {
    return "app.bsky.feed.post/" + post;
  }

  private void post(int number) throws Exception {
    write("create", number, "hello");
  }

  private void edit(int number) throws Exception {
    write("update", number, "hello again");
  }

  private void write(String action, int post, String text) throws Exception {
    byte[] value = DagCborWriter.write(Map.of("$type", "app.bsky.feed.post", "text", text));
    Instant now = Instant.now();
    CommitFrame frame =
        new CommitFrame(DID, Tid.at(now, ++frames).value(), now.toString())
            .write(action, path(post), value);
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            Topics.FRAMES.name(), DID.getBytes(StandardCharsets.UTF_8), frame.bytes(frames));
    new FrameHeaders("relay", 1, frames).addTo(record.headers());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(kafka.client(), new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(record).get();
    }
  }

  private ProcessorSettings settings() {
    return SmallProcessor.settings(kafka, directory.resolve("data"));
  }
}
