package courtside.ingestor.process;

import courtside.eventlog.firehose.FrameHeaders;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * When each frame came to a {@code read_committed} reader, which reads on a thread of its own.
 * Frames are counted from 0. Thread-safe.
 */
public final class ArrivalTimes implements AutoCloseable {
  private static final int PARTITIONS = 12;
  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final Thread thread;
  private volatile boolean closing;

  // Guarded by this.
  private final Map<Long, Long> times = new HashMap<>();

  private ArrivalTimes(String bootstrap, String topic) {
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
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                200),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    this.thread = Thread.ofPlatform().name("arrivals").unstarted(() -> run(topic));
  }

  /** Starts to read; waits for no topic. */
  public static ArrivalTimes start(String bootstrap, String topic) {
    ArrivalTimes arrivals = new ArrivalTimes(bootstrap, topic);
    arrivals.thread.start();
    return arrivals;
  }

  private void run(String topic) {
    try (consumer) {
      consumer.assign(
          IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)).toList());
      while (!closing) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          add(record, System.nanoTime());
        }
      }
      end.complete(null);
    } catch (RuntimeException e) {
      end.completeExceptionally(e);
    }
  }

  private synchronized void add(ConsumerRecord<byte[], byte[]> record, long now) {
    long number =
        record.headers().iterator().hasNext()
            ? FrameHeaders.read(record.headers()).seq() - 1
            : ByteBuffer.wrap(record.key()).getLong();
    if (times.put(number, now) != null) {
      throw new IllegalStateException("frame " + number + " came twice");
    }
  }

  /** How many have come. */
  public synchronized int count() {
    if (end.isCompletedExceptionally()) {
      throw new IllegalStateException("the reader has failed", end.exceptionNow());
    }
    return times.size();
  }

  /** When that one came, on the monotonic clock. */
  public synchronized long of(long number) {
    Long time = times.get(number);
    if (time == null) {
      throw new IllegalStateException("frame " + number + " has not come");
    }
    return time;
  }

  @Override
  public void close() throws InterruptedException {
    closing = true;
    thread.join();
    end.join();
  }
}
