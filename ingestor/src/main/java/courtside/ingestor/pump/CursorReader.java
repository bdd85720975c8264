package courtside.ingestor.pump;

import courtside.eventlog.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads what is committed. Called when no transaction can be open any more: what is read then is
 * the truth. Confined to the caller's thread.
 */
final class CursorReader implements AutoCloseable {
  private static final TopicPartition CURSORS = new TopicPartition(Topics.CURSORS.name(), 0);
  private static final List<TopicPartition> FRAMES =
      IntStream.range(0, Topics.FRAMES.partitions())
          .mapToObj(partition -> new TopicPartition(Topics.FRAMES.name(), partition))
          .toList();
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final KafkaConsumer<String, byte[]> consumer;
  private final LongSupplier nanoTime;
  private final Runnable between;

  /**
   * Connects with the first question.
   *
   * @param between run after every question that may have taken up to two seconds
   */
  CursorReader(Map<String, Object> client, LongSupplier nanoTime, Runnable between) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, IsolationLevel.READ_COMMITTED.toString());
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER.toMillis());
    config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ANSWER.toMillis());
    this.consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    this.nanoTime = nanoTime;
    this.between = between;
  }

  /**
   * The newest committed cursor of every relay, as bytes.
   *
   * @throws TimeoutException if the end was not reached in time
   */
  Map<String, byte[]> cursors() {
    Map<String, byte[]> newest = new HashMap<>();
    read(
        List.of(CURSORS),
        record -> {
          newest.put(record.key(), record.value());
          return true;
        });
    return newest;
  }

  /**
   * Whether the log holds any frame. The ends of its partitions do not tell: an aborted transaction
   * moves them too.
   *
   * @throws TimeoutException if the end was not reached in time
   */
  boolean anyFrame() {
    boolean[] found = {false};
    read(
        FRAMES,
        _ -> {
          found[0] = true;
          return false;
        });
    return found[0];
  }

  /** Reads to the end, or until told to stop. */
  private void read(
      List<TopicPartition> partitions, Predicate<ConsumerRecord<String, byte[]>> goOn) {
    consumer.assign(partitions);
    consumer.beginningOffsets(partitions).forEach(consumer::seek);
    between.run();
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    between.run();
    long deadline = nanoTime.getAsLong() + PATIENCE.toNanos();
    while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
      if (nanoTime.getAsLong() - deadline > 0) {
        throw new TimeoutException("the log could not be read within " + PATIENCE);
      }
      between.run();
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        if (!goOn.test(record)) {
          return;
        }
      }
    }
  }

  @Override
  public void close() {
    // It is in no group: there is nothing to say to anybody that would be worth waiting for.
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }
}
