package courtside.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import courtside.atproto.MalformedDataException;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.Frame;
import courtside.atproto.firehose.RepoOperation;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.Topics;
import courtside.processor.apply.Apply;
import courtside.processor.definition.DefinitionFile;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.frames.Mix;
import courtside.testkit.oracle.CommittedRecords;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/**
 * The processor on the Kafka that is deployed, as its image is: skipped where there is no Docker.
 */
@Timeout(300)
final class KafkaContainerTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int FRAMES = 2_000;
  private static final String POST = "app.bsky.feed.post";

  @TempDir Path directory;

  @Test
  void takesEveryPostOutOnceAndIntoTheFeed() throws Exception {
    boolean docker = DockerClientFactory.instance().isDockerAvailable();
    if (!docker) {
      // The build's own lines count what was skipped and do not say why.
      System.out.println("skipped: the processor on Kafka's own image needs a Docker engine");
    }
    assumeTrue(docker, "needs a Docker engine");
    try (KafkaContainer container =
        new KafkaContainer("apache/kafka:" + System.getProperty("courtside.kafka"))) {
      container.start();
      KafkaAddress kafka = new KafkaAddress(container.getBootstrapServers());
      SmallProcessor.prepare(kafka);
      var _ = Apply.apply(kafka, List.of(everything()), false, Apply.setIds(new Random(1)));
      Set<String> posts = write(kafka);
      assertThat(posts).hasSizeGreaterThan(FRAMES / 100);
      try (Processor _ =
              Processor.start(SmallProcessor.settings(kafka, directory.resolve("data")));
          CommittedRecords records = new CommittedRecords(container.getBootstrapServers())) {
        await()
            .atMost(LIMIT)
            .untilAsserted(
                () -> assertThat(items(records)).containsExactlyInAnyOrderElementsOf(posts));
      }
    }
  }

  /** The posts that the feed holds, as often as it does. */
  private static List<String> items(CommittedRecords records) {
    Map<String, Boolean> held = new HashMap<>();
    records.read(
        Topics.FEED_ITEMS.name(),
        Topics.FEED_ITEMS.partitions(),
        record ->
            held.put(new String(record.key(), StandardCharsets.UTF_8), record.value() != null));
    return held.entrySet().stream()
        .filter(Map.Entry::getValue)
        .map(item -> FeedVersion.uri(item.getKey()))
        .toList();
  }

  /** Writes frames; returns the posts that there are after them. */
  private static Set<String> write(KafkaAddress kafka) throws MalformedDataException {
    Mix mix = new Mix(1, 50);
    Set<String> posts = new HashSet<>();
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka.client(), new StringSerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < FRAMES; i++) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Mix.Frame frame = mix.next(now);
        ProducerRecord<String, byte[]> record =
            new ProducerRecord<>(
                Topics.FRAMES.name(),
                null,
                now.toEpochMilli(),
                frame.did(),
                frame.bytes().toArray());
        new FrameHeaders("mix", 1, frame.seq()).addTo(record.headers());
        var _ = producer.send(record);
        if (Frame.read(frame.bytes().toArray()) instanceof CommitMessage commit) {
          for (RepoOperation operation : commit.operations()) {
            if (operation.collection().value().equals(POST)) {
              String uri = "at://" + frame.did() + "/" + POST + "/" + operation.rkey().value();
              boolean deleted = operation.action() == RepoOperation.Action.DELETE;
              var _ = deleted ? posts.remove(uri) : posts.add(uri);
            }
          }
        }
      }
    }
    return posts;
  }

  private static DefinitionFile everything() throws Exception {
    String yaml = "feed: everything\nname: Everything\nrule: '*:*'\n";
    return DefinitionFile.read(
        "everything.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
  }
}
