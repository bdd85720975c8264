package courtside.pipeline;

import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What each version holds by {@code feed.items}, and since when: read by a consumer of its own, on
 * a thread of its own. Thread-safe.
 */
final class HeldItems implements AutoCloseable {
  private final Map<String, Map<String, Held>> versions = new ConcurrentHashMap<>();
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread thread = Thread.ofPlatform().name("held-items").unstarted(this::read);
  private volatile boolean closing;

  /**
   * One item of one version.
   *
   * @param seenAt by the JVM's monotonic clock: it was committed before
   */
  record Held(int partition, long offset, long seenAt) {
    /** Whether whoever has passed these ends has it. */
    boolean isBefore(List<Long> ends) {
      return partition < ends.size() && offset < ends.get(partition);
    }
  }

  HeldItems(KafkaAddress kafka) {
    Map<String, Object> config = kafka.client();
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        IntStream.range(0, Topics.FEED_ITEMS.partitions())
            .mapToObj(partition -> new TopicPartition(Topics.FEED_ITEMS.name(), partition))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    thread.start();
  }

  /** By uri. */
  Map<String, Held> of(String version) {
    return versions.getOrDefault(version, Map.of());
  }

  private void read() {
    while (!closing) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
        String key = new String(record.key(), StandardCharsets.UTF_8);
        Map<String, Held> held =
            versions.computeIfAbsent(
                FeedVersion.read(key).version(), _ -> new ConcurrentHashMap<>());
        if (record.value() == null) {
          held.remove(FeedVersion.uri(key));
        } else {
          held.putIfAbsent(
              FeedVersion.uri(key),
              new Held(record.partition(), record.offset(), System.nanoTime()));
        }
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    closing = true;
    thread.join();
    consumer.close();
  }
}
