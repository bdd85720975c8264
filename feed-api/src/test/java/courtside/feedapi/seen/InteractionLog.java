package courtside.feedapi.seen;

import courtside.atproto.syntax.Did;
import courtside.eventlog.feed.Interaction;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes what viewers report. Confined to one thread. */
final class InteractionLog implements AutoCloseable {
  private static final List<TopicPartition> PARTITIONS =
      IntStream.range(0, Topics.FEED_INTERACTIONS.partitions())
          .mapToObj(n -> new TopicPartition(Topics.FEED_INTERACTIONS.name(), n))
          .toList();

  private final Admin admin;
  private final Producer<byte[], byte[]> producer;
  private final Producer<byte[], byte[]> aborting;

  InteractionLog(String bootstrap) throws InterruptedException {
    admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    createTopics();
    producer = producer(Map.of("bootstrap.servers", bootstrap));
    aborting = producer(Map.of("bootstrap.servers", bootstrap, "transactional.id", "aborting"));
  }

  private static Producer<byte[], byte[]> producer(Map<String, Object> config) {
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private void createTopics() throws InterruptedException {
    new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
  }

  static String uri(int n) {
    return "at://did:plc:author/app.bsky.feed.post/p" + n;
  }

  static Interaction interaction(String event, Optional<String> item) {
    return new Interaction(Optional.empty(), item, event, Optional.empty(), Optional.empty());
  }

  void seen(Did viewer, int n, Instant at) {
    report(viewer, interaction(Interaction.SEEN, Optional.of(uri(n))), at);
  }

  void report(Did viewer, Interaction interaction, Instant at) {
    send(
        viewer.value().getBytes(StandardCharsets.UTF_8),
        Interaction.FORMAT.encode(interaction),
        at.toEpochMilli());
  }

  void send(byte @Nullable [] key, byte @Nullable [] value, long timestamp) {
    var _ =
        producer.send(
            new ProducerRecord<>(Topics.FEED_INTERACTIONS.name(), null, timestamp, key, value));
  }

  /** Reports in a transaction that is then aborted. */
  void abort(Did viewer, int n, Instant at) {
    aborting.initTransactions();
    aborting.beginTransaction();
    var _ =
        aborting.send(
            new ProducerRecord<>(
                Topics.FEED_INTERACTIONS.name(),
                null,
                at.toEpochMilli(),
                viewer.value().getBytes(StandardCharsets.UTF_8),
                Interaction.FORMAT.encode(interaction(Interaction.SEEN, Optional.of(uri(n))))));
    aborting.flush();
    aborting.abortTransaction();
  }

  void flush() {
    producer.flush();
  }

  /** The next offset of each partition. */
  Map<Integer, Long> ends() throws InterruptedException, ExecutionException {
    flush();
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    PARTITIONS.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<Integer, Long> ends = new HashMap<>();
    admin
        .listOffsets(latest)
        .all()
        .get()
        .forEach((partition, end) -> ends.put(partition.partition(), end.offset()));
    return ends;
  }

  /** As retention would. */
  void deleteAll() throws InterruptedException, ExecutionException {
    Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
    ends()
        .forEach((partition, end) ->
            all.put(PARTITIONS.get(partition), RecordsToDelete.beforeOffset(end)));
    admin.deleteRecords(all).all().get();
  }

  void deleteTopic() throws InterruptedException, ExecutionException {
    admin.deleteTopics(List.of(Topics.FEED_INTERACTIONS.name())).all().get();
  }

  /** False while the old one is still being deleted. */
  boolean createsTopic() throws InterruptedException {
    try {
      createTopics();
      return ends().values().stream().allMatch(end -> end == 0);
    } catch (KafkaException | ExecutionException e) {
      return false;
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    aborting.close(Duration.ZERO);
    admin.close(Duration.ZERO);
  }
}
