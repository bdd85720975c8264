package courtside.ingestor.disk;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.topic.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real broker says of its disk. */
@Timeout(120)
final class RoomTest {
  private static final int SIZE = 100_000;

  @TempDir Path directory;

  @Test
  void isThatOfTheDiskAndHoldsWhatIsOursAlone() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        Admin admin =
            Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap()))) {
      String own = Topics.FRAMES.name();
      admin
          .createTopics(
              List.of(
                  new NewTopic(own, Optional.of(2), Optional.empty()),
                  new NewTopic("somebody", Optional.of(1), Optional.empty())))
          .all()
          .get();
      write(broker, own, 1);
      write(broker, "somebody", 5);

      List<Room> rooms = Room.ask(admin);

      assertThat(rooms).hasSize(1);
      Room room = rooms.getFirst();
      assertThat(room.held()).isBetween((long) SIZE, 2L * SIZE);
      assertThat(room.total()).isEqualTo(Files.getFileStore(directory).getTotalSpace());
      assertThat(room.usable()).isPositive().isLessThanOrEqualTo(room.total());
      assertThat(room.share()).isBetween(0.0, 1.0);
    }
  }

  private static void write(EmbeddedBroker broker, String topic, int records) throws Exception {
    Map<String, Object> config =
        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap());
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < records; i++) {
        producer.send(new ProducerRecord<>(topic, new byte[SIZE])).get();
      }
    }
  }
}
