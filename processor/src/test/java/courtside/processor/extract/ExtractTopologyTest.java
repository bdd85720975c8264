package courtside.processor.extract;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.syntax.Tid;
import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.Topics;
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

  private static Topology topology(StreamsConfig config) {
    return ExtractTopology.build(
        config, Duration.ofMinutes(5), new ReadPositions(), new Counts(new SimpleMeterRegistry()));
  }

  private static TestOutputTopic<String, byte[]> output(TopologyTestDriver driver, String topic) {
    return driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
  }
}
