package courtside.processor.reserve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topics;
import courtside.testkit.broker.TightDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real broker says of a log that cannot be cut. */
@Timeout(120)
final class ReserveTest {
  private static final String CHANGELOG = "courtside-feeds-abcdefgh-entries-changelog";
  private static final String STRANGE = "somebody-changelog";

  @TempDir Path directory;
  private EmbeddedBroker broker;
  private Admin admin;

  @BeforeEach
  void open() {
    broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
    admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap()));
  }

  @AfterEach
  void close() {
    admin.close();
    broker.close();
  }

  @Test
  void isNotKnownWhereNoPipelineHasRun() throws Exception {
    assertThat(Reserve.ask(admin)).isEmpty();
  }

  @Test
  void isASixthOfTheDiskForWhatIsCompactedOrKeptForOffsetsTransactionsAndStores() throws Exception {
    // given: all our topics, one of a set, another's, and what Kafka makes for a transaction
    Room.give(admin);
    admin
        .createTopics(
            List.of(
                new NewTopic(CHANGELOG, Optional.of(1), Optional.empty()),
                new NewTopic(STRANGE, Optional.of(1), Optional.empty())))
        .all()
        .get();
    commit(CHANGELOG, 300_000);

    // when
    Reserve reserve = Reserve.ask(admin).orElseThrow();

    // then
    assertThat(reserve.reserved()).isCloseTo(170_000_000, within(50L));
    assertThat(reserve.topics())
        .containsOnlyKeys(
            "firehose.cursors",
            "feed.definitions",
            "feed.items",
            "feed.status",
            "service.status",
            "control",
            CHANGELOG,
            "__consumer_offsets",
            "__transaction_state");
    assertThat(reserve.topics().get(CHANGELOG)).isBetween(300_000L, 310_000L);
    assertThat(reserve.topics().get("__consumer_offsets")).isPositive();
    assertThat(reserve.topics().get("__transaction_state")).isPositive();
    assertThat(reserve.used()).isBetween(300_000L, 400_000L);
    assertThat(reserve.excess()).isEmpty();
  }

  @Test
  void saysWhatIsTooMuchAndWhatToDo() throws Exception {
    // given: no room, and first something that can be cut
    Room.give(admin);
    Room.take(broker.bootstrap(), admin);
    TightDisk.fill(broker.bootstrap(), Topics.POSTS);
    assertThat(Reserve.ask(admin).orElseThrow().excess()).isEmpty();

    // when: something comes that cannot be
    TightDisk.fill(broker.bootstrap(), Topics.FEED_ITEMS);

    // then
    Reserve full = Reserve.ask(admin).orElseThrow();
    assertThat(full.reserved()).isCloseTo(TightDisk.RESERVED, within(50L));
    assertThat(full.excess())
        .contains(
            "expected at most the "
                + full.reserved()
                + " bytes that COURTSIDE_DISK reserves for what cannot be cut by bytes, found "
                + full.used()
                + ", most of it, "
                + full.topics().get("feed.items")
                + ", in feed.items: raise COURTSIDE_DISK, or delete feeds (courtside feeds delete"
                + " NAME); once there is room, definitions that keep items for less help too");

    // and: with more disk there is no more to say
    Room.give(admin);
    assertThat(Reserve.ask(admin).orElseThrow().excess()).isEmpty();
  }

  /** Writes so many bytes in a transaction, with an offset. */
  private void commit(String topic, int bytes) throws Exception {
    Topic read = Topics.POSTS;
    try (Producer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of(
                    ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                    broker.bootstrap(),
                    ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                    "test"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        Consumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                Map.of(
                    ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                    broker.bootstrap(),
                    ConsumerConfig.GROUP_ID_CONFIG,
                    "test"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      var _ = producer.send(new ProducerRecord<>(topic, new byte[] {1}, new byte[bytes]));
      producer.sendOffsetsToTransaction(
          Map.of(new TopicPartition(read.name(), 0), new OffsetAndMetadata(1)),
          consumer.groupMetadata());
      producer.commitTransaction();
    }
  }
}
