package courtside.processor.streams;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/** The clients that Streams uses by itself, except that the main consumer tells where it stands. */
public final class PositionedClients implements KafkaClientSupplier {
  private final ReadPositions positions;

  public PositionedClients(ReadPositions positions) {
    this.positions = positions;
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return new PositionedConsumer(config, positions);
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static final class PositionedConsumer extends KafkaConsumer<byte[], byte[]> {
    private final ReadPositions positions;

    PositionedConsumer(Map<String, Object> config, ReadPositions positions) {
      super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      this.positions = positions;
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
      records
          .nextOffsets()
          .forEach((partition, next) -> {
            List<ConsumerRecord<byte[], byte[]>> fetched = records.records(partition);
            if (fetched.isEmpty()) {
              positions.advanced(partition, next.offset());
            } else {
              positions.advanced(partition, fetched.getLast().offset(), next.offset());
            }
          });
      for (TopicPartition partition : assignment()) {
        if (!positions.isKnown(partition)) {
          noteStart(partition);
        }
      }
      return records;
    }

    private void noteStart(TopicPartition partition) {
      try {
        positions.standsAt(partition, position(partition, Duration.ZERO));
      } catch (TimeoutException | InvalidOffsetException e) {
        // Not known yet, or nowhere: the next poll finds it, and records just fetched are kept.
      }
    }
  }
}
