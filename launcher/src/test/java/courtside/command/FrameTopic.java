package courtside.command;

import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes frames, in the place of the ingestor. Confined to one thread. */
final class FrameTopic implements AutoCloseable {
  private final KafkaProducer<byte[], byte[]> producer;

  /** Not so long ago that retention takes what is written. */
  private final Instant begun = Instant.now().minusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);

  private int written;

  /** Makes the topics. */
  FrameTopic(KafkaAddress kafka) throws Exception {
    try (Admin admin = Admin.create(kafka.client())) {
      new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
    }
    producer =
        new KafkaProducer<>(kafka.client(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** When the frame of this number, from 1, is said to have been seen. */
  Instant seen(int number) {
    return begun.plusSeconds(number);
  }

  /** Seen a second after the last one. */
  RecordMetadata write(FrameHeaders headers, String repo, byte[] frame) throws Exception {
    written++;
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            Topics.FRAMES.name(),
            null,
            seen(written).toEpochMilli(),
            repo.getBytes(StandardCharsets.UTF_8),
            frame);
    headers.addTo(record.headers());
    return producer.send(record).get();
  }

  @Override
  public void close() {
    producer.close();
  }
}
