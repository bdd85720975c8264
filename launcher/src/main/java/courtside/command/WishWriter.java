package courtside.command;

import courtside.eventlog.control.Wish;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

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
    long _ = write(kafka, Map.of(wish.key(), Optional.of(wish)));
  }

  /**
   * Writes wishes; all are there when this returns.
   *
   * @param wishes by key; one that is not there withdraws the wish before it
   * @return the offset behind the last of them
   * @throws KafkaException if some could not be written
   */
  static long write(KafkaAddress kafka, Map<String, Optional<Wish>> wishes)
      throws InterruptedException {
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    AtomicLong end = new AtomicLong();
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
      wishes.forEach((key, wish) -> {
        byte @Nullable [] value = wish.map(Wish.FORMAT::encode).orElse(null);
        var _ =
            producer.send(
                new ProducerRecord<>(Topics.CONTROL.name(), key, value),
                (written, failed) -> {
                  if (failed == null) {
                    end.accumulateAndGet(written.offset() + 1, Math::max);
                  } else {
                    failure.compareAndSet(null, failed);
                  }
                });
      });
      producer.flush();
    }
    Exception failed = failure.get();
    if (failed != null) {
      throw new KafkaException("the wish could not be written", failed);
    }
    return end.get();
  }
}
