package courtside.processor.log;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.processor.streams.LogEnds;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HighWatermarksTest {
  private static final TopicPartition PARTITION = new TopicPartition(Topics.FEED_ITEMS.name(), 3);

  @TempDir Path directory;

  @Test
  void whatIsCommittedBehindAnOpenTransactionLiesBeforeTheHighWatermarkAlone() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
        KafkaProducer<byte[], byte[]> dead = producer(broker, "dead");
        KafkaProducer<byte[], byte[]> alive = producer(broker, "alive")) {
      new TopicContract(admin, new DiskBudget(DiskBudget.LEAST))
          .enforce(List.of(Topics.FEED_ITEMS));
      // given: one that does not go on in the middle of a transaction, and one that does
      dead.initTransactions();
      dead.beginTransaction();
      send(dead);
      send(dead);
      dead.flush();
      alive.initTransactions();
      alive.beginTransaction();
      send(alive);
      alive.commitTransaction();

      // then: two records, one record, one marker
      assertThat(LogEnds.now(admin, List.of(Topics.FEED_ITEMS))).containsEntry(PARTITION, 0L);
      assertThat(HighWatermarks.of(admin, Topics.FEED_ITEMS))
          .hasSize(Topics.FEED_ITEMS.partitions())
          .containsEntry(PARTITION, 4L);
    }
  }

  private static void send(KafkaProducer<byte[], byte[]> producer) {
    var _ =
        producer.send(
            new ProducerRecord<>(
                PARTITION.topic(), PARTITION.partition(), new byte[] {1}, new byte[] {2}));
  }

  private static KafkaProducer<byte[], byte[]> producer(EmbeddedBroker broker, String id) {
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            broker.bootstrap(),
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            id),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
