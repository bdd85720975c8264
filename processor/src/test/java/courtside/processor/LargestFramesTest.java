package courtside.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.processor.extract.LargestFrames;
import courtside.processor.log.TopicReader;
import courtside.processor.process.ProcessorProcess;
import courtside.service.kafka.KafkaAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backlog of the largest frames in every partition, and a processor with a small heap. */
final class LargestFramesTest {
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final int PARTITIONS = Topics.FRAMES.partitions();
  private static final int NOISE = Integer.getInteger("courtside.noise", 3);
  private static final int NOTHING = Integer.getInteger("courtside.nothing", 20);
  private static final String HEAP = System.getProperty("courtside.heap", "192m");

  @TempDir Path directory;

  @Test
  void goThroughASmallHeap() throws Exception {
    Path feeds = Files.createDirectories(directory.resolve("feeds"));
    Files.writeString(feeds.resolve("all.yaml"), "feed: all\nname: All\nrule: '*:*'\n");
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      KafkaAddress kafka = new KafkaAddress(broker.bootstrap());
      try (Admin admin = Admin.create(kafka.client())) {
        new TopicContract(admin, new DiskBudget(20_000_000_000L)).enforce(Topics.ALL);
      }
      // given: in every partition frames as large on the wire as here, and such as are small there
      long frames = write(kafka);
      long posts = frames * LargestFrames.POSTS;

      Path output = directory.resolve("processor.out");
      long began = System.nanoTime();
      try (ProcessorProcess processor =
          ProcessorProcess.start(
              Main.class.getName(),
              List.of("-Xmx" + HEAP, "-XX:+ExitOnOutOfMemoryError"),
              directory.resolve("data"),
              output,
              broker.bootstrap(),
              Map.of("COURTSIDE_PROCESSOR_FEEDS", feeds.toString()))) {
        // then: every post of them comes to the feed
        Set<String> items = new HashSet<>();
        try (TopicReader reader =
            new TopicReader(kafka, "test", Topics.FEED_ITEMS, (key, _) -> items.add(key))) {
          await()
              .atMost(LIMIT)
              .pollInterval(Duration.ofMillis(500))
              .until(() -> {
                reader.readToEnd();
                return items.size() >= posts || !processor.jvm().isAlive();
              });
        }
        assertThat(processor.jvm().isAlive()).as(Files.readString(output)).isTrue();
        assertThat(items).hasSize((int) posts);
        System.out.printf(
            "largest frames: %d of 5 MB, %d posts, -Xmx%s: %d s%n",
            frames, posts, HEAP, Duration.ofNanos(System.nanoTime() - began).toSeconds());
        assertThat(processor.jvm().linesWith("OutOfMemoryError")).isZero();
        assertThat(processor.jvm().linesWith(" ERROR ")).isZero();
      }
    }
  }

  private static long write(KafkaAddress kafka) throws Exception {
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 6 << 20);
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    // So that many of those that are small on the wire are in one batch.
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, 1 << 20);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 200);
    AtomicLong written = new AtomicLong();
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
      LargestFrames noise = LargestFrames.ofNoise(new Random(1));
      LargestFrames nothing = LargestFrames.ofNothing();
      for (int i = 0; i < NOISE + NOTHING; i++) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
          // Every other first, so that each partition begins otherwise.
          boolean loud = (i + partition) % (NOISE + NOTHING) < NOISE;
          String did = "did:plc:" + "abcdefghijkl".substring(partition, partition + 1).repeat(24);
          ProducerRecord<String, byte[]> record =
              new ProducerRecord<>(
                  Topics.FRAMES.name(), partition, did, (loud ? noise : nothing).frame(did, i));
          new FrameHeaders("relay", 1, i).addTo(record.headers());
          var _ =
              producer.send(
                  record,
                  (_, failure) -> {
                    if (failure == null) {
                      written.incrementAndGet();
                    }
                  });
        }
      }
      producer.flush();
    }
    assertThat(written).hasValue((long) (NOISE + NOTHING) * PARTITIONS);
    return written.get();
  }
}
