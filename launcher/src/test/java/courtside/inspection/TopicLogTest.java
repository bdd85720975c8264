package courtside.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a broker, with transactions that were committed and aborted. */
@Timeout(180)
final class TopicLogTest {
  private static final int EVEN = 3_000;
  private static final int SKEWED = 500;
  private static final int ALL = EVEN + SKEWED;

  /** Not so long ago that retention takes it. */
  private final long first = Instant.now().minusSeconds(3_600).toEpochMilli();

  @TempDir Path directory;

  @Test
  void readsBackwardsEachCommittedRecordOnce() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      KafkaAddress kafka = new KafkaAddress(broker.bootstrap());
      write(kafka);
      try (TopicLog log = new TopicLog(kafka, Topics.FRAMES)) {
        List<Integer> read = new ArrayList<>();
        TopicLog.Backwards all = log.backwards(log.partitions(), Optional.empty());
        int pieces = 0;
        int before = 0;
        while (!all.isDone()) {
          all.read(record -> read.add(number(record)));
          assertThat(all.percent()).isBetween(before, 100);
          before = all.percent();
          pieces++;
        }
        assertThat(pieces).isGreaterThan(3);
        assertThat(read.stream().sorted().toList()).isEqualTo(upTo(0));
        assertThat(all.percent()).isEqualTo(100);

        assertThat(newest(log, 100, Optional.empty())).isEqualTo(upTo(ALL - 100));
        assertThat(newest(log, ALL + 1, Optional.empty())).isEqualTo(upTo(0));
        // No more than was seen since.
        assertThat(newest(log, 1_000, Optional.of(Instant.ofEpochMilli(first + ALL - 7))))
            .isEqualTo(upTo(ALL - 7));
        assertThat(newest(log, 5, Optional.of(Instant.ofEpochMilli(first + ALL)))).isEmpty();
        assertThat(log.oldest()).contains(Instant.ofEpochMilli(first));
        assertOneByOne(log);
      }
    }
  }

  private static void assertOneByOne(TopicLog log) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    TopicLog.Backwards all = log.backwards(List.of(3), Optional.empty());
    all.read(found::add);
    ConsumerRecord<byte[], byte[]> one = found.getFirst();
    assertThat(log.at(3, one.offset()).map(TopicLogTest::number)).contains(number(one));
    assertThat(log.at(3, 1_000_000)).isEmpty();
    // The last offset is a transaction's marker.
    assertThat(log.at(3, all.ends().getOrDefault(3, 0L) - 1)).isEmpty();
  }

  private static List<Integer> newest(TopicLog log, int most, Optional<Instant> since) {
    Newest<Integer> newest = new Newest<>(most, TopicLogTest::number);
    newest.read(log.backwards(log.partitions(), since), _ -> true, () -> {});
    return newest.inOrder();
  }

  private static List<Integer> upTo(int from) {
    return IntStream.range(from, ALL).boxed().toList();
  }

  private static int number(ConsumerRecord<byte[], byte[]> record) {
    return Integer.parseInt(new String(record.value(), StandardCharsets.UTF_8));
  }

  /** Numbers that rise with time; the last of them in one partition alone. */
  private void write(KafkaAddress kafka) throws Exception {
    try (Admin admin = Admin.create(kafka.client())) {
      new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
    }
    Map<String, Object> config = kafka.client();
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "test");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      // First what is taken back, so that offsets and records are not the same from there on.
      producer.beginTransaction();
      IntStream.range(0, 12).forEach(partition -> send(producer, partition, 0, "aborted"));
      producer.flush();
      producer.abortTransaction();
      commit(producer, 0, EVEN);
      commit(producer, EVEN, ALL);
    }
  }

  private void commit(KafkaProducer<byte[], byte[]> producer, int from, int to) {
    producer.beginTransaction();
    for (int i = from; i < to; i++) {
      send(producer, i < EVEN ? i % 12 : 3, first + i, Integer.toString(i));
    }
    producer.commitTransaction();
  }

  private void send(KafkaProducer<byte[], byte[]> producer, int partition, long at, String value) {
    var _ =
        producer.send(
            new ProducerRecord<>(
                Topics.FRAMES.name(),
                partition,
                at == 0 ? first : at,
                new byte[0],
                value.getBytes(StandardCharsets.UTF_8)));
  }
}
