package courtside.processor.process;

import courtside.atproto.Bytes;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Writes frames at a pace, numbered from 1, in the transactions of an ingestor; on a thread of its
 * own. Thread-safe.
 */
public final class PacedFrames implements AutoCloseable {
  private static final Duration TRANSACTION = Duration.ofMillis(20);

  private final Source source;
  private final int each;
  private final KafkaProducer<String, byte[]> producer;
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final Thread thread = Thread.ofPlatform().name("paced-frames").unstarted(this::run);
  private volatile long last;
  private volatile boolean ending;

  private PacedFrames(KafkaAddress kafka, int perSecond, Source source) {
    this.source = source;
    this.each = (int) Math.max(1, perSecond * TRANSACTION.toMillis() / 1_000);
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "paced-frames");
    this.producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
  }

  /**
   * One frame.
   *
   * @param did of the account
   */
  public record Frame(String did, Bytes bytes) {}

  /** Makes frames, on the thread that writes them. */
  @FunctionalInterface
  public interface Source {
    /** The frame of this number. */
    Frame frame(long number, Instant now);
  }

  /** Starts to write; the topics must be there. */
  public static PacedFrames start(KafkaAddress kafka, int perSecond, Source source) {
    PacedFrames frames = new PacedFrames(kafka, perSecond, source);
    frames.thread.start();
    return frames;
  }

  private void run() {
    try (producer) {
      producer.initTransactions();
      long next = System.nanoTime();
      while (!ending) {
        write();
        next += TRANSACTION.toNanos();
        long left = next - System.nanoTime();
        if (left > 0) {
          // It is the pace of the traffic, and no wait for anything.
          Thread.sleep(Duration.ofNanos(left));
        }
      }
      end.complete(null);
    } catch (RuntimeException | InterruptedException e) {
      end.completeExceptionally(e);
    }
  }

  private void write() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    producer.beginTransaction();
    long number = last;
    for (int i = 0; i < each; i++) {
      number++;
      Frame frame = source.frame(number, now);
      ProducerRecord<String, byte[]> record =
          new ProducerRecord<>(
              Topics.FRAMES.name(), null, now.toEpochMilli(), frame.did(), frame.bytes().toArray());
      new FrameHeaders("traffic", 1, number).addTo(record.headers());
      // What cannot be sent makes the commit fail.
      var _ = producer.send(record);
    }
    producer.commitTransaction();
    last = number;
  }

  /** The number of the newest frame that is committed. */
  public long last() {
    if (end.isCompletedExceptionally()) {
      throw new IllegalStateException("the traffic has failed", end.exceptionNow());
    }
    return last;
  }

  /** Ends it; returns when nothing more comes. */
  public void end() throws InterruptedException {
    ending = true;
    thread.join();
    end.join();
  }

  @Override
  public void close() throws InterruptedException {
    ending = true;
    thread.join();
  }
}
