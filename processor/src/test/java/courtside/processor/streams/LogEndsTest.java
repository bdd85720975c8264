package courtside.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
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

final class LogEndsTest {
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
      assertThat(LogEnds.highWatermarks(admin, List.of(Topics.FEED_ITEMS)))
          .hasSize(Topics.FEED_ITEMS.partitions())
          .containsEntry(PARTITION, 4L);
      try (LogEnds ends = LogEnds.start(admin, List.of(Topics.FEED_ITEMS))) {
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertThat(ends.highWatermark(PARTITION)).hasValue(4));
        assertThat(ends.end(PARTITION)).hasValue(0);

        // when: it ends after all
        dead.abortTransaction();
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertThat(ends.end(PARTITION)).hasValue(5));
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertThat(ends.highWatermark(PARTITION)).hasValue(5));
      }
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
