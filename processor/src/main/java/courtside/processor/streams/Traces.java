package courtside.processor.streams;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Whether an application has read a partition before: what it wrote is committed together with how
 * far it had read, so where something of it is committed, so was an offset.
 */
final class Traces {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(100);

  private Traces() {}

  /**
   * Those partitions in which something is committed, or was before it was deleted.
   *
   * @param client of a consumer in no group, which reads what is committed
   * @throws TimeoutException if the broker does not say
   */
  static Set<TopicPartition> among(
      Map<String, Object> client, Collection<TopicPartition> partitions) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(
        ConsumerConfig.CLIENT_ID_CONFIG, config.get(ConsumerConfig.CLIENT_ID_CONFIG) + "-traces");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    Set<TopicPartition> found = new HashSet<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions, PATIENCE);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
      Set<TopicPartition> open = new HashSet<>();
      ends.forEach((partition, end) -> {
        long start = starts.getOrDefault(partition, 0L);
        if (start > 0) {
          found.add(partition);
        } else if (end > start) {
          open.add(partition);
        }
      });
      consumer.assign(open);
      consumer.seekToBeginning(open);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!open.isEmpty()) {
        if (System.nanoTime() - deadline > 0) {
          throw new TimeoutException("what is in " + open + " does not come");
        }
        // Aborted records give no record, and are passed.
        found.addAll(consumer.poll(POLL).partitions());
        open.removeIf(partition ->
            found.contains(partition)
                || consumer.position(partition, PATIENCE) >= ends.getOrDefault(partition, 0L));
        consumer.assign(open);
      }
    }
    return found;
  }
}
