package courtside.processor.feed;

import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.Topics;
import courtside.processor.letter.LetterBox;
import courtside.processor.letter.TestLetters;
import courtside.processor.metrics.Counts;
import courtside.processor.streams.ReadPositions;
import courtside.processor.streams.TestStreams;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The feed topology on one partition, and what stands in its topics. */
final class FeedDriver implements AutoCloseable {
  private final TestStreams streams;
  private final TopologyTestDriver driver;
  private final TestInputTopic<String, byte[]> posts;
  private final TestOutputTopic<String, byte[]> items;
  private final TestOutputTopic<String, byte[]> statuses;
  private final TestOutputTopic<String, byte[]> letters;
  private final Map<String, FeedItem> standing = new TreeMap<>();

  FeedDriver(Path directory, FeedRules rules, Memory memory) {
    this(directory, rules, memory, new Counts(new SimpleMeterRegistry()));
  }

  FeedDriver(Path directory, FeedRules rules, Memory memory, Counts counts) {
    this(directory, rules, memory, TestLetters.all(counts), counts);
  }

  FeedDriver(Path directory, FeedRules rules, Memory memory, LetterBox letterBox, Counts counts) {
    streams = new TestStreams(directory);
    StreamsConfig config = streams.config(FeedTopology.application("test"));
    ReadPositions positions = new ReadPositions();
    driver =
        new TopologyTestDriver(
            FeedTopology.build(
                config,
                rules,
                memory,
                positions,
                _ -> OptionalLong.of(42),
                letterBox,
                counts,
                new Tallies()),
            streams.properties(config));
    posts =
        driver.createInputTopic(
            Topics.POSTS.name(), new StringSerializer(), new ByteArraySerializer());
    items = output(Topics.FEED_ITEMS.name());
    statuses = output(Topics.FEED_STATUS.name());
    letters = output(Topics.DEAD_LETTERS.name());
  }

  private TestOutputTopic<String, byte[]> output(String topic) {
    return driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
  }

  FeedDriver pipe(PostEvent event, Instant seen) {
    return pipe(PostEvent.FORMAT.encode(event), seen);
  }

  FeedDriver pipe(byte @Nullable [] value, Instant seen) {
    posts.pipeInput(new TestRecord<>("did:plc:key", value, seen));
    return this;
  }

  /** Lets a second of the wall clock pass: purge and status. */
  FeedDriver tick() {
    driver.advanceWallClockTime(Duration.ofSeconds(1));
    return this;
  }

  /** What was written to {@code feed.items} since the last call: keys, with - where taken out. */
  List<String> changes() {
    List<String> changes = new ArrayList<>();
    for (TestRecord<String, byte[]> record : items.readRecordsToList()) {
      byte[] value = record.value();
      if (value == null) {
        standing.remove(record.key());
        changes.add("-" + record.key());
      } else {
        standing.put(record.key(), FeedItem.FORMAT.decode(value));
        changes.add("+" + record.key());
      }
    }
    return changes;
  }

  /** What stands in one feed, by uri. */
  Map<String, FeedItem> feed(String feed) {
    changes();
    return standing.entrySet().stream()
        .filter(item -> FeedVersion.read(item.getKey()).equals(WordRules.version(feed)))
        .collect(
            Collectors.toMap(
                item -> FeedVersion.uri(item.getKey()),
                Map.Entry::getValue,
                (_, newer) -> newer,
                TreeMap::new));
  }

  /** What stands, by key. */
  Map<String, FeedItem> standing() {
    changes();
    return new TreeMap<>(standing);
  }

  Map<String, FeedStatus> statuses() {
    Map<String, FeedStatus> newest = new HashMap<>();
    statuses
        .readRecordsToList()
        .forEach(record -> newest.put(record.key(), FeedStatus.FORMAT.decode(record.value())));
    return newest;
  }

  List<DeadLetter> letters() {
    return letters.readRecordsToList().stream()
        .map(record -> DeadLetter.FORMAT.decode(record.value()))
        .toList();
  }

  /** Puts something that is no value of ours into the store. */
  void damage(StateKey key) {
    driver
        .<Bytes, byte[]>getKeyValueStore(FeedTopology.STORE)
        .put(key.bytes(), new byte[] {(byte) 0xff});
  }

  /** Has the store of another, as a task has what another left in the changelog. */
  FeedDriver restore(FeedDriver other) {
    KeyValueStore<Bytes, byte[]> store = driver.getKeyValueStore(FeedTopology.STORE);
    try (var all = other.driver.<Bytes, byte[]>getKeyValueStore(FeedTopology.STORE).all()) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> entry = all.next();
        store.put(entry.key, entry.value);
      }
    }
    standing.putAll(other.standing());
    return this;
  }

  /** How much the store holds, accounts included. */
  long held() {
    long held = 0;
    try (var all = driver.getKeyValueStore(FeedTopology.STORE).all()) {
      while (all.hasNext()) {
        all.next();
        held++;
      }
    }
    return held;
  }

  @Override
  public void close() {
    driver.close();
    streams.close();
  }
}
