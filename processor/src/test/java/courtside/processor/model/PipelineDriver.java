package courtside.processor.model;

import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.Topics;
import courtside.processor.extract.ExtractTopology;
import courtside.processor.feed.FeedTopology;
import courtside.processor.feed.Memory;
import courtside.processor.feed.Tallies;
import courtside.processor.letter.TestLetters;
import courtside.processor.metrics.Counts;
import courtside.processor.streams.ReadPositions;
import courtside.processor.streams.TestStreams;
import courtside.testkit.history.Pace;
import courtside.testkit.history.Step;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** From frames to feeds without a broker: both topologies, of one partition each. */
final class PipelineDriver implements AutoCloseable {
  /** So often that a purge comes to the end of the round that it is in, and of the next. */
  private static final int TICKS = 5;

  private final TestStreams streams;
  private final TasteRules rules;
  private final TopologyTestDriver extract;
  private final TopologyTestDriver feeds;
  private final TestInputTopic<String, byte[]> frames;
  private final TestOutputTopic<String, byte[]> extracted;
  private final TestOutputTopic<String, byte[]> letters;
  private final TestInputTopic<String, byte[]> posts;
  private final TestOutputTopic<String, byte[]> items;
  private final Map<FeedVersion, Map<String, FeedItem>> standing =
      new TreeMap<>(Comparator.comparing(FeedVersion::key));

  PipelineDriver(Path directory, List<Taste> tastes, Pace pace) {
    streams = new TestStreams(directory);
    rules = new TasteRules(tastes);
    Counts counts = new Counts(new SimpleMeterRegistry());
    StreamsConfig extractConfig = streams.config(ExtractTopology.APPLICATION);
    extract =
        new TopologyTestDriver(
            ExtractTopology.build(
                extractConfig,
                pace.futureAllowed(),
                new ReadPositions(),
                TestLetters.all(counts),
                counts),
            streams.properties(extractConfig));
    StreamsConfig feedsConfig = streams.config(FeedTopology.application("model"));
    Memory memory =
        new Memory(
            pace.revisions(), pace.inactiveAccounts(), pace.deletedAccounts(), Duration.ZERO);
    feeds =
        new TopologyTestDriver(
            FeedTopology.build(
                feedsConfig,
                rules,
                memory,
                new ReadPositions(),
                _ -> OptionalLong.empty(),
                TestLetters.all(counts),
                counts,
                new Tallies()),
            streams.properties(feedsConfig));
    frames =
        extract.createInputTopic(
            Topics.FRAMES.name(), new StringSerializer(), new ByteArraySerializer());
    extracted = output(extract, Topics.POSTS.name());
    letters = output(extract, Topics.DEAD_LETTERS.name());
    posts =
        feeds.createInputTopic(
            Topics.POSTS.name(), new StringSerializer(), new ByteArraySerializer());
    items = output(feeds, Topics.FEED_ITEMS.name());
  }

  private static TestOutputTopic<String, byte[]> output(TopologyTestDriver driver, String topic) {
    return driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
  }

  /** What extract makes of a frame. */
  record Made(List<String> events, List<String> refused) {}

  /** Pipes a frame; events are as {@link Step#events} says it. */
  Made pipe(Step step) {
    RecordHeaders headers = new RecordHeaders();
    step.place().addTo(headers);
    frames.pipeInput(new TestRecord<>(step.did(), step.frame().toArray(), headers, step.seen()));
    List<String> events = new ArrayList<>();
    for (TestRecord<String, byte[]> event : extracted.readRecordsToList()) {
      events.add(Events.text(PostEvent.FORMAT.decode(event.value())));
      posts.pipeInput(event);
    }
    List<String> refused =
        letters.readRecordsToList().stream()
            .map(letter -> DeadLetter.FORMAT.decode(letter.value()))
            .map(letter -> letter.reason() + ": " + letter.detail())
            .toList();
    return new Made(events, refused);
  }

  /** Lets a second of the wall clock pass: a piece of the purge. */
  void tick() {
    feeds.advanceWallClockTime(Duration.ofSeconds(1));
  }

  /** Lets a purge come to its end. */
  void settle() {
    for (int i = 0; i < TICKS; i++) {
      tick();
    }
  }

  /** What stands in a version, by address. */
  Map<String, FeedItem> feed(FeedVersion version) {
    for (TestRecord<String, byte[]> record : items.readRecordsToList()) {
      Map<String, FeedItem> feed =
          standing.computeIfAbsent(FeedVersion.read(record.key()), _ -> new TreeMap<>());
      String uri = FeedVersion.uri(record.key());
      if (record.value() == null) {
        feed.remove(uri);
      } else {
        feed.put(uri, FeedItem.FORMAT.decode(record.value()));
      }
    }
    return new TreeMap<>(standing.getOrDefault(version, Map.of()));
  }

  @Override
  public void close() {
    extract.close();
    feeds.close();
    streams.close();
  }
}
