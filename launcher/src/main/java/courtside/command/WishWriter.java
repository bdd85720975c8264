package courtside.command;

import courtside.eventlog.control.Wish;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes what somebody wishes to {@code control}. */
final class WishWriter {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private WishWriter() {}

  /**
   * Writes a wish; it is there when this returns.
   *
   * @throws KafkaException if it could not be written
   */
  static void write(KafkaAddress kafka, Wish wish) throws InterruptedException {
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
      var _ =
          producer
              .send(
                  new ProducerRecord<>(Topics.CONTROL.name(), wish.key(), Wish.FORMAT.encode(wish)))
              .get();
    } catch (ExecutionException e) {
      throw new KafkaException("the wish could not be written", e.getCause());
    }
  }
}
