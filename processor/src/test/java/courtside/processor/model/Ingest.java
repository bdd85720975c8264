package courtside.processor.model;

import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.history.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Writes frames in transactions, as an ingestor does, and knows them. One thread at a time, each of
 * which has heard of the one before.
 */
final class Ingest implements AutoCloseable {
  private static final long BETWEEN_MS = 50;

  private final KafkaProducer<String, byte[]> producer;
  private final List<Step> written = new ArrayList<>();

  Ingest(KafkaAddress kafka) {
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "model-ingest");
    this.producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    producer.initTransactions();
  }

  /** Everything so far, in the order of the log. */
  List<Step> written() {
    return written;
  }

  /** Writes all of it in one transaction. */
  void write(List<Step> steps) {
    producer.beginTransaction();
    for (Step step : steps) {
      ProducerRecord<String, byte[]> record =
          new ProducerRecord<>(
              Topics.FRAMES.name(),
              null,
              step.seen().toEpochMilli(),
              step.did(),
              step.frame().toArray());
      step.place().addTo(record.headers());
      // What cannot be sent makes the commit fail.
      var _ = producer.send(record);
    }
    producer.commitTransaction();
    written.addAll(steps);
  }

  /** Writes them evenly over a time. */
  void write(List<Step> steps, Duration over) throws InterruptedException {
    long began = System.nanoTime();
    int pieces = (int) Math.max(1, over.toMillis() / BETWEEN_MS);
    for (int piece = 0; piece < pieces; piece++) {
      int from = (int) ((long) steps.size() * piece / pieces);
      int to = (int) ((long) steps.size() * (piece + 1) / pieces);
      if (from < to) {
        write(steps.subList(from, to));
      }
      long left = began + over.toNanos() * (piece + 1) / pieces - System.nanoTime();
      if (left > 0) {
        // It is the pace of the traffic, and no wait for anything.
        Thread.sleep(Duration.ofNanos(left));
      }
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
  }
}
