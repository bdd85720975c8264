package courtside.processor.extract;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.syntax.Tid;
import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.Topics;
import courtside.processor.letter.LetterBox;
import courtside.processor.letter.TestLetters;
import courtside.processor.metrics.Counts;
import courtside.processor.streams.ReadPositions;
import courtside.processor.streams.TestStreams;
import courtside.testkit.frames.CommitFrame;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExtractTopologyTest {
  private static final String DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
  private static final Instant SEEN = Instant.parse("2026-11-24T12:00:00Z");

  @TempDir Path directory;

  @Test
  void isTheGraphThatWasReviewed() {
    try (TestStreams streams = new TestStreams(directory)) {
      assertThat(topology(streams.config(ExtractTopology.APPLICATION)).describe())
          .hasToString(
              """
              Topologies:
                 Sub-topology: 0
                  Source: frames (topics: [firehose.frames])
                    --> extract, losses
                  Processor: extract (stores: [process-id])
                    --> dead-letters, posts
                    <-- frames
                  Processor: losses (stores: [])
                    --> incidents
                    <-- frames
                  Sink: dead-letters (topic: firehose.dead-letters)
                    <-- extract
                  Sink: incidents (topic: firehose.incidents)
                    <-- losses
                  Sink: posts (topic: posts)
                    <-- extract

              """);
    }
  }

  @Test
  void writesPostsAndLettersUnderTheAccountAtTheTimeSeen() {
    try (TestStreams streams = new TestStreams(directory)) {
      StreamsConfig config = streams.config(ExtractTopology.APPLICATION);
      try (TopologyTestDriver driver =
          new TopologyTestDriver(topology(config), streams.properties(config))) {
        TestInputTopic<String, byte[]> frames =
            driver.createInputTopic(
                Topics.FRAMES.name(), new StringSerializer(), new ByteArraySerializer());
        TestOutputTopic<String, byte[]> posts = output(driver, Topics.POSTS.name());
        TestOutputTopic<String, byte[]> letters = output(driver, Topics.DEAD_LETTERS.name());

        // when: a frame with one good and one bad record, and something that is no frame
        byte[] post = DagCborWriter.write(Map.of("$type", "app.bsky.feed.post", "text", "hello"));
        byte[] like = DagCborWriter.write(Map.of("$type", "app.bsky.feed.like"));
        RecordHeaders headers = new RecordHeaders();
        new FrameHeaders("relay", 1, 7).addTo(headers);
        frames.pipeInput(
            new TestRecord<>(
                DID,
                new CommitFrame(DID, Tid.at(SEEN, 0).value(), "")
                    .write("create", "app.bsky.feed.post/a", post)
                    .write("create", "app.bsky.feed.post/b", like)
                    .bytes(),
                headers,
                SEEN));
        frames.pipeInput(
            new TestRecord<>(
                null, "garbage".getBytes(StandardCharsets.UTF_8), headers, SEEN.plusMillis(1)));

        // then
        TestRecord<String, byte[]> written = posts.readRecord();
        assertThat(written.key()).isEqualTo(DID);
        assertThat(written.timestamp()).isEqualTo(SEEN.toEpochMilli());
        assertThat(written.headers()).isEmpty();
        assertThat(PostEvent.FORMAT.decode(written.value())).isInstanceOf(PostEvent.Created.class);
        assertThat(posts.isEmpty()).isTrue();
        TestRecord<String, byte[]> bad = letters.readRecord();
        assertThat(bad.key()).isEqualTo(DID);
        assertThat(bad.timestamp()).isEqualTo(SEEN.toEpochMilli());
        assertThat(DeadLetter.FORMAT.decode(bad.value()).reason()).isEqualTo("wrong_type");
        TestRecord<String, byte[]> garbage = letters.readRecord();
        assertThat(garbage.key()).isNull();
        assertThat(DeadLetter.FORMAT.decode(garbage.value()).source())
            .isEqualTo("firehose.frames-0@1");
        assertThat(letters.isEmpty()).isTrue();
      }
    }
  }

  @Test
  void keepsNoMoreLettersThanTheBudgetHasRoomForAndEveryPostBesideThem() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Counts counts = new Counts(registry);
    // Room for one letter, which has 64 KiB of what is longer, and not for two.
    LetterBox letterBox = TestLetters.of(100_000, counts);
    try (TestStreams streams = new TestStreams(directory)) {
      StreamsConfig config = streams.config(ExtractTopology.APPLICATION);
      try (TopologyTestDriver driver =
          new TopologyTestDriver(topology(config, letterBox, counts), streams.properties(config))) {
        TestInputTopic<String, byte[]> frames =
            driver.createInputTopic(
                Topics.FRAMES.name(), new StringSerializer(), new ByteArraySerializer());
        RecordHeaders headers = new RecordHeaders();
        new FrameHeaders("relay", 1, 7).addTo(headers);
        byte[] post = DagCborWriter.write(Map.of("$type", "app.bsky.feed.post", "text", "hello"));
        byte[] bad = DagCborWriter.write(Map.of("$type", "x".repeat(70_000)));

        // when: three frames of one good and one bad record, and what is no frame between
        for (int i = 0; i < 3; i++) {
          frames.pipeInput(
              new TestRecord<>(
                  DID,
                  new CommitFrame(DID, Tid.at(SEEN, i).value(), "")
                      .write("create", "app.bsky.feed.post/a" + i, post)
                      .write("create", "app.bsky.feed.post/b" + i, bad)
                      .bytes(),
                  headers,
                  SEEN));
          frames.pipeInput(new TestRecord<>(null, new byte[70_000], headers, SEEN));
        }

        // then: of six letters there is one, all six are counted, and no post is missing
        assertThat(output(driver, Topics.DEAD_LETTERS.name()).readRecordsToList())
            .extracting(letter -> DeadLetter.FORMAT.decode(letter.value()).source())
            .containsExactly("firehose.frames-0@0");
        assertThat(counts.deadLettersTotal()).isEqualTo(6);
        assertThat(
                registry
                    .get("courtside.processor.dead.letters.not.kept")
                    .tag("stage", "extract")
                    .counter()
                    .count())
            .isEqualTo(5);
        assertThat(output(driver, Topics.POSTS.name()).readRecordsToList()).hasSize(3);
      }
    }
  }

  private static Topology topology(StreamsConfig config) {
    Counts counts = new Counts(new SimpleMeterRegistry());
    return topology(config, TestLetters.all(counts), counts);
  }

  private static Topology topology(StreamsConfig config, LetterBox letters, Counts counts) {
    return ExtractTopology.build(
        config, Duration.ofMinutes(5), new ReadPositions(), letters, counts);
  }

  private static TestOutputTopic<String, byte[]> output(TopologyTestDriver driver, String topic) {
    return driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
  }
}
