package courtside.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.Topics;
import courtside.processor.apply.Applied;
import courtside.processor.apply.Applied.Outcome;
import courtside.processor.apply.Apply;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.log.TopicReader;
import courtside.processor.streams.LogEnds;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.recording.RecordedFrame;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole processor on a real broker, fed with what a real server sent. */
final class ProcessorTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int PARTITIONS = Topics.POSTS.partitions();

  @TempDir Path directory;

  @Test
  void makesEveryFeedOfTheRecordingOverRestartsAndOnThreeInstances() throws Exception {
    Recordings.assumeHere();
    List<RecordedFrame> frames = Recordings.frames().frames();
    List<JsonNode> decoded = Recordings.decoded();
    List<Instant> seen = seen(frames);
    List<JsonNode> expected =
        Recordings.expected().stream()
            .filter(post -> post.path("account").textValue().equals("active"))
            .toList();
    String author = mostFrequentAuthor(expected);
    int part = frames.size() / 3;

    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      KafkaAddress kafka = new KafkaAddress(broker.bootstrap());
      SmallProcessor.prepare(kafka);

      // given: three feeds, and a processor that has read the first third of the frames
      List<DefinitionFile> definitions = definitions("first", author);
      List<Applied> applied = Apply.apply(kafka, definitions, false, Apply.setIds(new Random(1)));
      assertThat(applied).extracting(Applied::outcome).containsOnly(Outcome.WRITTEN);
      assertThat(applied).extracting(Applied::set).containsOnly(Optional.of(setOf(applied)));
      write(kafka, frames.subList(0, part), seen.subList(0, part));
      Processor first = Processor.start(settings(kafka));
      awaitCaughtUp(kafka, List.of(first), applied, decoded.subList(0, part));

      // when: it is stopped and another one started, frames going on
      first.close();
      write(kafka, frames.subList(part, 2 * part), seen.subList(part, 2 * part));
      try (Processor again = Processor.start(settings(kafka))) {
        awaitCaughtUp(kafka, List.of(again), applied, decoded.subList(0, 2 * part));

        // and: two more join, frames going on
        try (Processor second = Processor.start(settings(kafka));
            Processor third = Processor.start(settings(kafka))) {
          await()
              .atMost(LIMIT)
              .untilAsserted(() -> {
                for (Processor joined : List.of(second, third)) {
                  assertThat(joined.health().figures().get("feed_tasks")).isGreaterThan(0);
                  assertThat(joined.health().figures().get("extract_tasks")).isGreaterThan(0);
                }
              });
          write(
              kafka,
              frames.subList(2 * part, frames.size()),
              seen.subList(2 * part, frames.size()));
          awaitCaughtUp(kafka, List.of(again, second, third), applied, decoded);

          // then: every event is in posts once, and every feed is what it must be
          assertThat(postEvents(kafka))
              .containsExactlyInAnyOrderElementsOf(Oracle.postEvents(decoded));
          assertFeed(kafka, applied.get(0).version(), expected, decoded, seen, (_, _) -> true);
          assertFeed(
              kafka,
              applied.get(1).version(),
              expected,
              decoded,
              seen,
              (did, _) -> did.equals(author));
          assertFeed(
              kafka, applied.get(2).version(), expected, decoded, seen, (_, r) -> isSpanish(r));
        }

        // and: the one that stays does all the work again
        await()
            .atMost(LIMIT)
            .untilAsserted(() ->
                assertThat(again.health().figures())
                    .containsEntry("feed_tasks", (double) PARTITIONS)
                    .containsEntry("extract_tasks", (double) PARTITIONS));
        makesEveryFeedAnewFromNothing(kafka, applied, author);
        assertThat(again.health().reasons()).isEmpty();
        assertThat(again.health().figures()).containsEntry("dead_letters_total", 0.0);
      }
    }
  }

  private static void makesEveryFeedAnewFromNothing(
      KafkaAddress kafka, List<Applied> served, String author) throws Exception {
    // given: the first versions, which were served at once
    for (Applied one : served) {
      FeedState state = state(kafka, one.version().feed().value());
      assertThat(state.served()).contains(one.version().version());
      assertThat(state.endOffsets()).isEmpty();
    }
    List<DefinitionFile> changed = definitions("anew", author);

    // when: others that have the same rules are applied, twice
    List<Applied> anew = Apply.apply(kafka, changed, false, Apply.setIds(new Random(2)));
    assertThat(Apply.apply(kafka, changed, false, Apply.setIds(new Random(3))))
        .extracting(Applied::outcome)
        .containsOnly(Outcome.UNCHANGED);

    // then: each is served when it has the same items, and the old one is the previous
    for (int i = 0; i < served.size(); i++) {
      FeedVersion before = served.get(i).version();
      FeedVersion next = anew.get(i).version();
      String feed = before.feed().value();
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(state(kafka, feed).served()).contains(next.version()));
      FeedState state = state(kafka, feed);
      assertThat(state.previous()).contains(before.version());
      assertThat(state.endOffsets()).hasSize(Topics.FEED_ITEMS.partitions());
      assertThat(items(kafka, next)).isNotEmpty().isEqualTo(items(kafka, before));
    }
  }

  /** Feeds of which the labels alone say what is in them. */
  private static List<DefinitionFile> definitions(String name, String author) throws Exception {
    return List.of(
        definition("feed: everything\nname: " + name + "\nrule: '*:*'"),
        definition("feed: one-author\nname: " + name + "\ninclude-authors: [" + author + "]"),
        definition("feed: spanish\nname: " + name + "\nrule: '*:*'\nlanguages: [es]"));
  }

  private static void assertFeed(
      KafkaAddress kafka,
      FeedVersion version,
      List<JsonNode> expected,
      List<JsonNode> decoded,
      List<Instant> seen,
      BiPredicate<String, JsonNode> belongs) {
    Map<String, FeedItem> items = items(kafka, version);
    Map<String, String> cids =
        expected.stream()
            .filter(post -> belongs.test(post.path("did").textValue(), post.path("record")))
            .collect(
                Collectors.toMap(
                    post -> post.path("uri").textValue(), post -> post.path("cid").textValue()));
    assertThat(cids).isNotEmpty();
    Map<String, String> found = new HashMap<>();
    items.forEach((uri, item) -> found.put(uri, item.cid()));
    assertThat(found).isEqualTo(cids);

    Map<String, Instant> sortAt = Oracle.sortAt(decoded, seen, belongs);
    items.forEach((uri, item) -> assertThat(item.sortAt()).as(uri).isEqualTo(sortAt.get(uri)));
  }

  private static boolean isSpanish(JsonNode record) {
    for (JsonNode lang : record.path("langs")) {
      String lower = lang.asText("").toLowerCase(java.util.Locale.ROOT);
      if (lower.equals("es") || lower.startsWith("es-")) {
        return true;
      }
    }
    return false;
  }

  private static String mostFrequentAuthor(List<JsonNode> posts) {
    return posts.stream()
        .collect(Collectors.groupingBy(post -> post.path("did").textValue(), Collectors.counting()))
        .entrySet()
        .stream()
        .max(Map.Entry.comparingByValue())
        .orElseThrow()
        .getKey();
  }

  private static String setOf(List<Applied> applied) {
    return applied.getFirst().set().orElseThrow();
  }

  private static DefinitionFile definition(String yaml) throws Exception {
    return DefinitionFile.read(
        "test.yaml",
        new ByteArrayInputStream(
            (yaml + "\nmax-age: none\nkeep: 28d\n").getBytes(StandardCharsets.UTF_8)));
  }

  private ProcessorSettings settings(KafkaAddress kafka) {
    return SmallProcessor.settings(kafka, directory.resolve("data"));
  }

  /** Time seen: as far apart as when recorded, and up to now, so that nothing is too old. */
  private static List<Instant> seen(List<RecordedFrame> frames) {
    Duration shift =
        Duration.between(frames.getLast().time(), Instant.now().truncatedTo(ChronoUnit.MILLIS));
    return frames.stream()
        .map(frame -> frame.time().plus(shift).truncatedTo(ChronoUnit.MILLIS))
        .toList();
  }

  private static void write(KafkaAddress kafka, List<RecordedFrame> frames, List<Instant> seen)
      throws Exception {
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "test-ingestor");
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 6 << 20);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (int i = 0; i < frames.size(); i++) {
        RecordedFrame frame = frames.get(i);
        byte[] bytes = frame.bytes().toArray();
        String did = courtside.atproto.firehose.FrameScan.of(bytes).repo().orElseThrow().value();
        ProducerRecord<String, byte[]> record =
            new ProducerRecord<>(
                Topics.FRAMES.name(), null, seen.get(i).toEpochMilli(), did, bytes);
        new FrameHeaders("pds", 1, frame.seq()).addTo(record.headers());
        var _ = producer.send(record);
      }
      producer.commitTransaction();
    }
  }

  /** All that the frames say is in posts, all of posts is in every feed, all tasks are held. */
  private static void awaitCaughtUp(
      KafkaAddress kafka, List<Processor> processors, List<Applied> applied, List<JsonNode> decoded)
      throws Exception {
    long events =
        Oracle.postEvents(decoded).size()
            + decoded.stream()
                .filter(frame -> frame.path("type").asText().equals("#account"))
                .count();
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          AtomicLong found = new AtomicLong();
          read(kafka, Topics.POSTS, (_, _) -> found.incrementAndGet());
          assertThat(found).hasValue(events);
        });
    // Asked for after the last event: what a processor remembers may be a second old.
    Map<TopicPartition, Long> ends;
    try (Admin admin = Admin.create(kafka.client())) {
      ends = LogEnds.now(admin, List.of(Topics.POSTS));
    }
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          Map<String, Long> positions = new HashMap<>();
          read(
              kafka,
              Topics.FEED_STATUS,
              (key, value) ->
                  positions.put(
                      key, FeedStatus.FORMAT.decode(Objects.requireNonNull(value)).position()));
          ends.forEach((partition, end) -> {
            for (Applied one : applied) {
              assertThat(positions.getOrDefault(one.version().statusKey(partition.partition()), 0L))
                  .as("%s of %s", partition, one.version())
                  .isGreaterThanOrEqualTo(end);
            }
          });
        });
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          double extracting = 0;
          double folding = 0;
          for (Processor processor : processors) {
            Map<String, Double> figures = processor.health().figures();
            assertThat(figures).containsEntry("frames_lag", 0.0).containsEntry("posts_lag", 0.0);
            extracting += figures.getOrDefault("extract_tasks", 0.0);
            folding += figures.getOrDefault("feed_tasks", 0.0);
          }
          assertThat(extracting).isEqualTo(PARTITIONS);
          assertThat(folding).isEqualTo(PARTITIONS);
        });
  }

  private static List<String> postEvents(KafkaAddress kafka) {
    List<String> events = new ArrayList<>();
    read(
        kafka,
        Topics.POSTS,
        (_, value) -> {
          switch (PostEvent.FORMAT.decode(Objects.requireNonNull(value))) {
            case PostEvent.Created e -> events.add("create " + e.uri() + " " + e.rev());
            case PostEvent.Updated e -> events.add("update " + e.uri() + " " + e.rev());
            case PostEvent.Deleted e -> events.add("delete " + e.uri() + " " + e.rev());
            case PostEvent.AccountChanged _ -> {
              // Compared by what it hides.
            }
          }
        });
    return events;
  }

  private static Map<String, FeedItem> items(KafkaAddress kafka, FeedVersion version) {
    Map<String, FeedItem> items = new TreeMap<>();
    read(
        kafka,
        Topics.FEED_ITEMS,
        (key, value) -> {
          if (FeedVersion.read(key).equals(version)) {
            if (value == null) {
              items.remove(FeedVersion.uri(key));
            } else {
              items.put(FeedVersion.uri(key), FeedItem.FORMAT.decode(value));
            }
          }
        });
    return items;
  }

  private static FeedState state(KafkaAddress kafka, String feed) {
    Catalogue catalogue = new Catalogue();
    read(kafka, Topics.FEED_DEFINITIONS, catalogue::apply);
    return catalogue.state(new courtside.atproto.syntax.RecordKey(feed)).orElseThrow();
  }

  private static void read(
      KafkaAddress kafka, courtside.eventlog.topic.Topic topic, TopicReader.Each each) {
    try (TopicReader reader = new TopicReader(kafka, "test", topic, each)) {
      reader.readToEnd();
    }
  }
}
