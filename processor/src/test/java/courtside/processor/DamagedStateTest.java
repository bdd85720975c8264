package courtside.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.syntax.Tid;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.Topics;
import courtside.processor.apply.Apply;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.log.TopicReader;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.frames.CommitFrame;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a processor keeps on its disk is a copy: whatever happens to it while the processor is
 * stopped, feeds are what they were.
 */
final class DamagedStateTest {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

  @TempDir Path directory;
  private EmbeddedBroker broker;
  private KafkaAddress kafka;
  private FeedVersion feed;
  private int posts;
  private int frames;

  @BeforeEach
  void open() throws Exception {
    broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
    kafka = new KafkaAddress(broker.bootstrap());
    SmallProcessor.prepare(kafka);
    byte[] yaml = "feed: all\nname: All\nrule: '*:*'\n".getBytes(StandardCharsets.UTF_8);
    feed =
        Apply.apply(
                kafka,
                List.of(DefinitionFile.read("all.yaml", new ByteArrayInputStream(yaml))),
                false,
                Apply.setIds(new Random(1)))
            .getFirst()
            .version();
  }

  @AfterEach
  void close() {
    broker.close();
  }

  @Test
  void whateverHappensToTheFilesFeedsAreWhatTheyWere() throws Exception {
    // given: a feed, a post of which is deleted later
    try (Processor processor = Processor.start(settings())) {
      write(20);
      awaitFeed(processor);
    }
    for (Damage damage : Damage.ALL) {
      // when: something happens to files while the processor is stopped
      int damaged = damage.under(directory.resolve("data"));
      assertThat(damaged).as("files: %s", damage.kind()).isGreaterThan(0);

      // then: it works, and goes on from what was
      long start = System.nanoTime();
      try (Processor processor = Processor.start(settings())) {
        write(5);
        awaitFeed(processor);
        System.out.printf(
            "%s: %d files, all right after %d ms%n",
            damage.kind(), damaged, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      }
    }
  }

  /** Every other post that is there is taken out again. */
  private void write(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      post(posts);
      if (posts % 2 == 1) {
        // Known from the store alone that it is in the feed.
        delete(posts - 1);
      }
      posts++;
    }
  }

  private void awaitFeed(Processor processor) {
    Set<String> expected = new TreeSet<>();
    for (int post = 0; post < posts; post++) {
      if (post % 2 == 1 || post == posts - 1) {
        expected.add(feed.itemKey(uri(post)));
      }
    }
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          assertThat(items()).isEqualTo(expected);
          assertThat(processor.health().reasons()).isEmpty();
        });
  }

  private Set<String> items() {
    Set<String> items = new TreeSet<>();
    try (TopicReader reader =
        new TopicReader(
            kafka,
            "test",
            Topics.FEED_ITEMS,
            (key, value) -> {
              if (value == null) {
                items.remove(key);
              } else {
                items.add(key);
              }
            })) {
      reader.readToEnd();
    }
    return items;
  }

  private void post(int number) throws Exception {
    byte[] record = DagCborWriter.write(Map.of("$type", "app.bsky.feed.post", "text", "hello"));
    send(frame().write("create", path(number), record));
  }

  private void delete(int number) throws Exception {
    send(frame().operation("delete", path(number), null));
  }

  /** A revision for each frame, later than the one before. */
  private CommitFrame frame() {
    Instant now = Instant.now();
    return new CommitFrame(DID, Tid.at(now, ++frames).value(), now.toString());
  }

  private void send(CommitFrame frame) throws Exception {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(Topics.FRAMES.name(), DID, frame.bytes(frames));
    new FrameHeaders("relay", 1, frames).addTo(record.headers());
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka.client(), new StringSerializer(), new ByteArraySerializer())) {
      producer.send(record).get();
    }
  }

  private static String path(int number) {
    return "app.bsky.feed.post/" + number;
  }

  private static String uri(int number) {
    return "at://" + DID + "/" + path(number);
  }

  private ProcessorSettings settings() {
    return SmallProcessor.settings(kafka, directory.resolve("data"));
  }
}
