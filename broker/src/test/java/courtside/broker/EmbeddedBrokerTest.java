package courtside.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class EmbeddedBrokerTest {
  private static final TopicPartition PLACE = new TopicPartition("kept", 0);

  @TempDir Path directory;

  @Test
  void keepsWhatWasWrittenOverARestartOnAnotherPort() throws Exception {
    Path log = directory.resolve("made").resolve("where-it-was-not");
    String before;
    try (EmbeddedBroker broker = EmbeddedBroker.start(log, 0)) {
      before = broker.bootstrap();
      createTopic(before);
      try (Producer<String, String> producer = producer(before, Map.of())) {
        producer.send(record("first")).get();
      }
    }
    int port = freePort();
    assertThat(before).isNotEqualTo("127.0.0.1:" + port);
    try (EmbeddedBroker broker = EmbeddedBroker.start(log, port)) {
      assertThat(broker.bootstrap()).isEqualTo("127.0.0.1:" + port);
      try (Producer<String, String> producer = producer(broker.bootstrap(), Map.of())) {
        producer.send(record("second")).get();
      }
      assertThat(committed(broker.bootstrap(), 2)).containsExactly("first", "second");
    }
  }

  @Test
  void commitsAndAbortsTransactions() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
      createTopic(broker.bootstrap());
      Map<String, Object> transactional =
          Map.of(
              ProducerConfig.TRANSACTIONAL_ID_CONFIG,
              "test",
              // How long initTransactions may take: with the default replication it never ends.
              ProducerConfig.MAX_BLOCK_MS_CONFIG,
              10_000);
      try (Producer<String, String> producer = producer(broker.bootstrap(), transactional)) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(record("kept")).get();
        producer.commitTransaction();
        producer.beginTransaction();
        producer.send(record("dropped")).get();
        producer.abortTransaction();
        producer.beginTransaction();
        producer.send(record("kept too")).get();
        producer.commitTransaction();
      }
      assertThat(committed(broker.bootstrap(), 2)).containsExactly("kept", "kept too");
    }
  }

  @Test
  void createsNoTopicByItself() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
        Producer<String, String> producer =
            producer(broker.bootstrap(), Map.of(ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000));
        Admin admin = Admin.create(address(broker.bootstrap()))) {
      assertThatThrownBy(() -> producer.send(record("nowhere")).get())
          .hasMessageContaining("not present in metadata");
      assertThat(admin.listTopics().names().get()).isEmpty();
    }
  }

  @Test
  void saysWhichPortIsTaken() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = other.getLocalPort();
      assertThatThrownBy(() -> EmbeddedBroker.start(directory, port))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("port " + port + " is not free")
          .hasMessageContaining(directory.toString());
    }
  }

  @Test
  void saysWhichDirectoryCannotBeUsed() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> EmbeddedBroker.start(file, 0))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString());
  }

  private static void createTopic(String bootstrap) throws Exception {
    try (Admin admin = Admin.create(address(bootstrap))) {
      admin.createTopics(List.of(new NewTopic(PLACE.topic(), 1, (short) 1))).all().get();
    }
  }

  private static ProducerRecord<String, String> record(String value) {
    return new ProducerRecord<>(PLACE.topic(), PLACE.partition(), "key", value);
  }

  private static Producer<String, String> producer(String bootstrap, Map<String, Object> more) {
    Map<String, Object> config = new HashMap<>(address(bootstrap));
    config.putAll(more);
    return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
  }

  /** The committed records, once there are that many and the end is reached. */
  private static List<String> committed(String bootstrap, int least) {
    Map<String, Object> config = new HashMap<>(address(bootstrap));
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(PLACE));
      consumer.seekToBeginning(List.of(PLACE));
      List<String> values = new ArrayList<>();
      while (values.size() < least
          || consumer.position(PLACE)
              < consumer.endOffsets(List.of(PLACE)).getOrDefault(PLACE, Long.MAX_VALUE)) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
          values.add(record.value());
        }
      }
      return values;
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Map<String, Object> address(String bootstrap) {
    return Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
  }
}
