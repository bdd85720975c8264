package courtside.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.Tid;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.Topics;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.log.TopicReader;
import courtside.service.health.Health;
import courtside.service.kafka.KafkaAddress;
import courtside.service.slot.Slot;
import courtside.testkit.broker.TightDisk;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessorLifeTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

  @TempDir Path directory;
  private EmbeddedBroker broker;
  private KafkaAddress kafka;

  @BeforeEach
  void open() {
    broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
    kafka = new KafkaAddress(broker.bootstrap());
  }

  @AfterEach
  void close() {
    broker.close();
  }

  @Test
  void seedsOnceAndStopsMatchingADefinitionThatGoes() throws Exception {
    // given: two shipped feeds
    Path feeds = Files.createDirectories(directory.resolve("feeds"));
    Files.writeString(feeds.resolve("a.yaml"), "feed: gone\nname: Gone\nrule: nba\n");
    Files.writeString(feeds.resolve("b.yaml"), "feed: stays\nname: Stays\nrule: nba\n");
    FeedVersion gone;
    try (Processor processor = Processor.start(settings(feeds, 0))) {
      gone = awaitServed("gone");
      FeedVersion stays = awaitServed("stays");
      assertThat(catalogue().sets()).hasSize(1);
      writePost("one");
      await()
          .atMost(LIMIT)
          .untilAsserted(() ->
              assertThat(items())
                  .containsExactlyInAnyOrder(gone.itemKey(uri("one")), stays.itemKey(uri("one"))));

      // when: one definition goes
      write(Topics.FEED_DEFINITIONS.name(), gone.key(), null);
      // then: from some post on they come into the other alone
      await()
          .atMost(LIMIT)
          .until(() -> {
            String rkey = writePost(Tid.at(Instant.now(), 1));
            awaitItem(stays.itemKey(uri(rkey)));
            // A transaction follows another, so that all of the first is there.
            String next = writePost(Tid.at(Instant.now(), 2));
            Set<String> items = awaitItem(stays.itemKey(uri(next)));
            return !items.contains(gone.itemKey(uri(rkey)));
          });
      // It may just then be behind on a busy machine.
      await().atMost(LIMIT).until(() -> processor.health().ready());
    }

    // then: of what is shipped at the next start only what was never seen is seeded
    Files.writeString(feeds.resolve("c.yaml"), "feed: new\nname: New\nrule: nba\n");
    try (Processor _ = Processor.start(settings(feeds, 0))) {
      awaitServed("new");
      assertThat(catalogue().versions(gone.feed())).isEmpty();
    }
  }

  @Test
  void isNotReadyWhileWhatCannotBeCutFillsMoreThanItsReserve() throws Exception {
    try (Processor processor = Processor.start(settings(directory.resolve("none"), 0))) {
      // given
      await().atMost(LIMIT).until(() -> processor.health().ready());
      await()
          .atMost(LIMIT)
          .untilAsserted(() ->
              assertThat(processor.health().figures())
                  .containsKeys("reserved_bytes", "reserved_bytes_used", "state_directory_bytes"));

      // when
      TightDisk.tighten(broker.bootstrap());
      TightDisk.fill(broker.bootstrap(), Topics.FEED_ITEMS);

      // then
      Health full = await().atMost(LIMIT).until(processor::health, health -> !health.ready());
      assertThat(full.reasons())
          .singleElement()
          .asString()
          .contains("COURTSIDE_DISK reserves for what cannot be cut by bytes", "feed.items");
      assertThat(full.live()).isTrue();
      assertThat(full.figures().get("reserved_bytes_used"))
          .isGreaterThan(full.figures().get("reserved_bytes"));

      // and: with more disk it is ready again
      SmallProcessor.prepare(kafka);
      await().atMost(LIMIT).until(() -> processor.health().ready());
    }
  }

  @Test
  void leavesNothingRunningWhereItCannotStart() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
      assertThatThrownBy(
              () -> Processor.start(settings(directory.resolve("none"), taken.getLocalPort())))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(Integer.toString(taken.getLocalPort()));
    }

    try (Slot slot = Slot.claim(directory.resolve("data"), Processor.NAME)) {
      assertThat(slot.directory()).hasFileName("slot-0");
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("steward", "feed-sets", "log-ends", "input-life", "disk-watch", "status")
        .noneMatch(name -> name.contains("StreamThread"));
  }

  /** The items among which that one is. */
  private Set<String> awaitItem(String key) {
    return await().atMost(LIMIT).until(this::items, items -> items.contains(key));
  }

  private FeedVersion awaitServed(String feed) {
    RecordKey name = new RecordKey(feed);
    return await()
        .atMost(LIMIT)
        .until(
            () ->
                catalogue()
                    .state(name)
                    .flatMap(FeedState::served)
                    .map(version -> new FeedVersion(name, version)),
            Optional::isPresent)
        .orElseThrow();
  }

  private Catalogue catalogue() {
    Catalogue catalogue = new Catalogue();
    read(Topics.FEED_DEFINITIONS, catalogue::apply);
    return catalogue;
  }

  private Set<String> items() {
    Set<String> items = new TreeSet<>();
    read(
        Topics.FEED_ITEMS,
        (key, value) -> {
          if (value == null) {
            items.remove(key);
          } else {
            items.add(key);
          }
        });
    return items;
  }

  private void read(courtside.eventlog.topic.Topic topic, TopicReader.Each each) {
    try (TopicReader reader = new TopicReader(kafka, "test", topic, each)) {
      reader.readToEnd();
    }
  }

  private String writePost(Tid rkey) throws Exception {
    writePost(rkey.value());
    return rkey.value();
  }

  private void writePost(String rkey) throws Exception {
    byte[] record =
        DagCborWriter.write(Map.of("$type", "app.bsky.feed.post", "text", "the nba tonight"));
    PostEvent post =
        new PostEvent.Created(
            uri(rkey),
            Tid.at(Instant.now(), 0).value(),
            new PostEvent.Origin("relay", 1, 1, Instant.now()),
            "bafy",
            Bytes.of(record));
    write(Topics.POSTS.name(), DID, PostEvent.FORMAT.encode(post));
  }

  private static String uri(String rkey) {
    return "at://" + DID + "/app.bsky.feed.post/" + rkey;
  }

  private void write(String topic, String key, byte @Nullable [] value) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka.client(), new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, key, value)).get();
    }
  }

  private ProcessorSettings settings(Path feeds, int healthPort) {
    return SmallProcessor.settings(
        kafka, directory.resolve("data"), Optional.of(feeds), healthPort);
  }
}
