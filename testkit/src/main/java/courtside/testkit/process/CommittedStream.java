package courtside.testkit.process;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What any {@code read_committed} reader of a topic is given, from the beginning, while it is
 * written; on a thread of its own. Thread-safe.
 */
public final class CommittedStream implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Taker taker;
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final Thread thread;
  private volatile boolean closing;

  /** Takes each record, on the stream's thread. */
  public interface Taker {
    /**
     * One more.
     *
     * @param now when it was given, on the monotonic clock
     */
    void take(ConsumerRecord<byte[], byte[]> record, long now);
  }

  private CommittedStream(String bootstrap, String topic, int partitions, Taker taker) {
    this.taker = taker;
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                20,
                // A topic that is not there yet, and a broker that was away, are found at once.
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                200,
                ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                50),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    this.thread =
        Thread.ofPlatform().name("committed-stream").unstarted(() -> run(topic, partitions));
  }

  /** Starts to read; waits for neither topic nor broker. */
  public static CommittedStream start(String bootstrap, String topic, int partitions, Taker taker) {
    CommittedStream stream = new CommittedStream(bootstrap, topic, partitions, taker);
    stream.thread.start();
    return stream;
  }

  private void run(String topic, int partitions) {
    try (consumer) {
      consumer.assign(
          IntStream.range(0, partitions).mapToObj(p -> new TopicPartition(topic, p)).toList());
      while (!closing) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          taker.take(record, System.nanoTime());
        }
      }
      end.complete(null);
    } catch (RuntimeException e) {
      end.completeExceptionally(e);
    }
  }

  /** Throws what has ended it. */
  public void requireRunning() {
    if (end.isCompletedExceptionally()) {
      throw new IllegalStateException("the reader has failed", end.exceptionNow());
    }
  }

  @Override
  public void close() throws InterruptedException {
    closing = true;
    thread.join();
    end.join();
  }
}
