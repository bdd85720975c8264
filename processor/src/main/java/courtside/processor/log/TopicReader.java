package courtside.processor.log;

import courtside.eventlog.topic.Topic;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the committed records of a topic from its beginning, as far as asked, in no group. Confined
 * to one thread.
 */
public final class TopicReader implements AutoCloseable {
  /** How long the broker may take for one answer. */
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** Longer than any writer of small topics may leave a transaction open. */
  private static final Duration OPEN_TRANSACTION = Duration.ofSeconds(15);

  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaConsumer<String, byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final Each each;

  /** Takes one record. */
  @FunctionalInterface
  public interface Each {
    /** Takes a record's key and its value, which is null in a tombstone. */
    void accept(String key, byte @Nullable [] value);
  }

  /**
   * Opens the topic; nothing is read yet.
   *
   * @param client tells this reader from others in the broker's log
   */
  public TopicReader(KafkaAddress kafka, String client, Topic topic, Each each) {
    Map<String, Object> config = kafka.client();
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, client);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER.toMillis());
    config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ANSWER.toMillis());
    config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
    this.consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    this.partitions =
        IntStream.range(0, topic.partitions())
            .mapToObj(partition -> new TopicPartition(topic.name(), partition))
            .toList();
    this.each = each;
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /**
   * Reads everything that is committed at the time of the call.
   *
   * @return how many records there were
   * @throws TimeoutException if the broker gives nothing for long; what was read stays read, and a
   *     later call goes on
   * @throws KafkaException if it cannot be read
   */
  public int readToEnd() {
    return readTo(consumer.endOffsets(partitions), ANSWER);
  }

  /**
   * Reads everything that is committed before these ends, and waits for transactions that are open
   * before them. With the high watermarks nothing is left out that was committed at the time;
   * {@link #readToEnd} leaves out what lies behind an open transaction.
   *
   * @return how many records there were
   * @throws TimeoutException if a transaction stays open for 15 s, or the broker gives nothing for
   *     so long; what was read stays read, and a later call goes on
   * @throws KafkaException if it cannot be read
   */
  public int readTo(Map<TopicPartition, Long> ends) {
    return readTo(ends, OPEN_TRANSACTION);
  }

  private int readTo(Map<TopicPartition, Long> ends, Duration patience) {
    int read = 0;
    long deadline = System.nanoTime() + patience.toNanos();
    while (!reached(ends)) {
      ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
      for (ConsumerRecord<String, byte[]> record : records) {
        if (record.key() != null) {
          each.accept(record.key(), record.value());
        }
      }
      read += records.count();
      if (!records.isEmpty()) {
        deadline = System.nanoTime() + patience.toNanos();
      } else if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException("nothing of " + partitions + " comes, and it has not ended");
      }
    }
    return read;
  }

  private boolean reached(Map<TopicPartition, Long> ends) {
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      if (consumer.position(end.getKey()) < end.getValue()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
  }
}
