package courtside.testkit.oracle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads whole topics as a {@code read_committed} consumer sees them. Confined to one thread. */
public final class CommittedRecords implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final KafkaConsumer<byte[], byte[]> consumer;

  /** Connects to {@code host:port}. */
  public CommittedRecords(String bootstrap) {
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  /**
   * Every record of the topic up to its end now, partition by partition in order; none where there
   * is no such topic yet.
   */
  public List<ConsumerRecord<byte[], byte[]>> readAll(String topic, int partitions) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    read(topic, partitions, records::add);
    return records;
  }

  /** The same, one by one: for a topic that is larger than the heap. */
  public void read(
      String topic, int partitions, Consumer<? super ConsumerRecord<byte[], byte[]>> reader) {
    if (!consumer.listTopics().containsKey(topic)) {
      return;
    }
    List<TopicPartition> all = partitions(topic, partitions);
    consumer.assign(all);
    consumer.seekToBeginning(all);
    Map<TopicPartition, Long> ends = consumer.endOffsets(all);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (all.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("the end of " + topic + " was not reached within " + PATIENCE);
      }
      consumer.poll(Duration.ofMillis(100)).forEach(reader);
    }
  }

  private static List<TopicPartition> partitions(String topic, int partitions) {
    return IntStream.range(0, partitions).mapToObj(p -> new TopicPartition(topic, p)).toList();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
