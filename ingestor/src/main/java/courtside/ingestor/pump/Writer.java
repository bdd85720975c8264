package courtside.ingestor.pump;

import courtside.atproto.syntax.Did;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.firehose.FrameEnds;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.firehose.Observations;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the log in transactions, under the one transactional id of the pipeline. After any
 * error a writer is closed and another is opened: the committed cursor says how far this one came.
 * Confined to the pump's thread.
 */
final class Writer implements AutoCloseable {
  /** One constant for every ingestor and every relay: a successor fences its predecessor. */
  static final String TRANSACTIONAL_ID = "courtside-ingestor";

  /** What it writes to. */
  static final List<Topic> WRITTEN =
      List.of(Topics.FRAMES, Topics.CURSORS, Topics.INCIDENTS, Topics.DEAD_LETTERS);

  /** Those of them that nobody else writes. */
  private static final List<Topic> OWN = List.of(Topics.FRAMES, Topics.CURSORS);

  /** Longer than any broker's restart: see the cleansing abort below. */
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(60);

  private static final Duration BLOCK = Duration.ofSeconds(2);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

  /** The partition of frames that are of no account. */
  private static final int WITHOUT_ACCOUNT = 0;

  private final Producer<byte[], byte[]> producer;
  private @Nullable WrittenEnds ends;

  /** A writer to this producer, which is its own from now on. */
  Writer(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /**
   * A writer that has fenced whoever wrote before; it may write after {@link #cleanse} and {@link
   * #awaitNothingOpen}.
   *
   * @throws KafkaException if the broker does not answer within two seconds
   */
  static Writer fence(Map<String, Object> client, String clientId) {
    return fence(client, clientId, TRANSACTION_TIMEOUT);
  }

  /**
   * The same, with transactions that the broker aborts after that long.
   *
   * @throws KafkaException if the broker does not answer within two seconds
   */
  static Writer fence(Map<String, Object> client, String clientId, Duration transactionTimeout) {
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            config(client, clientId, transactionTimeout),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    try {
      producer.initTransactions();
      return new Writer(producer);
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
  }

  /** Says how far frames have come by now; every cursor that is written from now on says it. */
  void beginBehind(FrameEnds there) {
    ends = new WrittenEnds(there);
  }

  /**
   * To be called between transactions.
   *
   * @throws KafkaException if what is written goes into other topics than before
   */
  void requireSameTopics() {
    if (ends != null) {
      ends.requireSameTopics();
    }
  }

  /** The producer's properties. What the promises rest on is not for the client's to change. */
  static Map<String, Object> config(
      Map<String, Object> client, String clientId, Duration transactionTimeout) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONAL_ID);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    // Bounded by the time of a delivery, not by a number.
    config.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
    config.put(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Math.toIntExact(transactionTimeout.toMillis()));
    // Nothing in the pump's loop may block as long as the group waits for its next turn (3 s).
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK.toMillis());
    // A commit flushes what is buffered: with 32 MB it never flushes seconds of backlog.
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 32L << 20);
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 6 << 20);
    // The broker turns the first batches of a transaction back while it still ends the one before;
    // batches that were sent after those would then arrive out of order and be turned back too.
    config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    return config;
  }

  /**
   * A transaction that touches every partition, and is aborted. A broker that was killed in the
   * middle of a transaction, and was down for longer than its timeout, forgets to write the abort
   * markers; the next commit of the same producer would then commit the orphans with it. This abort
   * is the marker that they lack.
   *
   * @param between run after every step that may have taken up to two seconds
   * @throws KafkaException if the broker does not take it in time
   */
  void cleanse(Runnable between) throws InterruptedException {
    byte[] nothing = "cleansing".getBytes(StandardCharsets.US_ASCII);
    producer.beginTransaction();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (TopicPartition p : partitions(WRITTEN).toList()) {
      sent.add(send(new ProducerRecord<>(p.topic(), p.partition(), nothing, nothing), null));
      between.run();
    }
    // Not flush(), which would wait for as long as a delivery may take.
    for (Future<RecordMetadata> record : sent) {
      RecordMetadata taken = await(record);
      if (ends != null && taken.topic().equals(Topics.FRAMES.name())) {
        ends.cleansed(taken.partition(), taken.offset());
      }
      between.run();
    }
    producer.abortTransaction();
    between.run();
  }

  private static RecordMetadata await(Future<RecordMetadata> record) throws InterruptedException {
    try {
      return record.get(BLOCK.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw new KafkaException("the cleansing transaction was not taken within " + BLOCK, e);
    }
  }

  /**
   * The partitions of frames and cursors on which something is neither committed nor aborted, and
   * from where on. After fencing that is nothing, but for what a killed broker has forgotten.
   *
   * @param between run after every question that may have taken up to two seconds
   */
  static Map<TopicPartition, Long> open(Admin admin, Runnable between) throws InterruptedException {
    Map<TopicPartition, Long> committed = ends(admin, IsolationLevel.READ_COMMITTED);
    between.run();
    Map<TopicPartition, Long> written = ends(admin, IsolationLevel.READ_UNCOMMITTED);
    between.run();
    committed.entrySet().removeIf(stable -> stable.getValue().equals(written.get(stable.getKey())));
    return committed;
  }

  /**
   * Whether nobody has ever written frames to every partition: whoever has written any has made a
   * cleansing abort before.
   *
   * @param between run after the question, which may have taken up to two seconds
   */
  static boolean framesWereNeverWritten(Admin admin, Runnable between) throws InterruptedException {
    Map<TopicPartition, Long> written = ends(admin, IsolationLevel.READ_UNCOMMITTED);
    between.run();
    return partitions(List.of(Topics.FRAMES))
        .anyMatch(partition -> written.getOrDefault(partition, 0L) == 0);
  }

  /**
   * The id that the topic of frames was given when it was made.
   *
   * @param between run after the question, which may have taken up to two seconds
   */
  static Uuid topicOfFrames(Admin admin, Runnable between) throws InterruptedException {
    try {
      TopicDescription frames =
          admin
              .describeTopics(
                  List.of(Topics.FRAMES.name()),
                  new DescribeTopicsOptions().timeoutMs((int) BLOCK.toMillis()))
              .allTopicNames()
              .get()
              .get(Topics.FRAMES.name());
      between.run();
      return Objects.requireNonNull(frames).topicId();
    } catch (ExecutionException e) {
      throw new KafkaException("firehose.frames could not be described", e.getCause());
    }
  }

  /**
   * Waits until no transaction is open on frames and cursors: the coordinator writes the markers of
   * the abort above a moment after it has answered. Of the other topics nothing is read before
   * writing, and other services have transactions there.
   *
   * @param between run after every question that may have taken up to two seconds
   * @throws KafkaException if the broker does not answer in time, or something stays open
   */
  void awaitNothingOpen(Admin admin, LongSupplier nanoTime, Runnable between)
      throws InterruptedException {
    long deadline = nanoTime.getAsLong() + BLOCK.toNanos();
    while (true) {
      if (open(admin, between).isEmpty()) {
        return;
      }
      if (nanoTime.getAsLong() - deadline > 0) {
        throw new KafkaException(
            "a transaction of another producer is open on frames or cursors; it must end first");
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
  }

  private static Map<TopicPartition, Long> ends(Admin admin, IsolationLevel isolation)
      throws InterruptedException {
    Map<TopicPartition, OffsetSpec> latest =
        partitions(OWN).collect(Collectors.toMap(p -> p, _ -> OffsetSpec.latest()));
    try {
      Map<TopicPartition, Long> ends = new HashMap<>();
      Map<TopicPartition, ListOffsetsResultInfo> found =
          admin
              .listOffsets(
                  latest, new ListOffsetsOptions(isolation).timeoutMs((int) BLOCK.toMillis()))
              .all()
              .get();
      found.forEach((partition, info) -> ends.put(partition, info.offset()));
      return ends;
    } catch (ExecutionException e) {
      throw new KafkaException("the ends of the topics could not be read", e.getCause());
    }
  }

  private static Stream<TopicPartition> partitions(List<Topic> topics) {
    return topics.stream()
        .flatMap(topic ->
            IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition)));
  }

  void begin() {
    producer.beginTransaction();
  }

  void frame(FrameHeaders headers, Optional<Did> repo, byte[] frame, Instant seenAt) {
    byte[] key = repo.map(did -> bytes(did.value())).orElse(null);
    // What Kafka would choose too; it has to be known before the cursor is written.
    int partition =
        key == null
            ? WITHOUT_ACCOUNT
            : BuiltInPartitioner.partitionForKey(key, Topics.FRAMES.partitions());
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(Topics.FRAMES.name(), partition, seenAt.toEpochMilli(), key, frame);
    headers.addTo(record.headers());
    var _ = send(record, ends);
    if (ends != null) {
      ends.sent(partition, headers.seq() > 0);
    }
  }

  void deadLetter(DeadLetter letter) {
    var _ =
        send(
            record(
                Topics.DEAD_LETTERS,
                Optional.empty(),
                DeadLetter.FORMAT.encode(letter),
                letter.at()),
            ends);
  }

  void incident(Incident incident) {
    var _ =
        send(
            record(
                Topics.INCIDENTS,
                Optional.of(incident.subject()),
                Incident.FORMAT.encode(incident),
                incident.at()),
            ends);
  }

  void cursor(Cursor cursor) {
    ProducerRecord<byte[], byte[]> record =
        record(Topics.CURSORS, Optional.of(cursor.relay()), cursor.encode(), cursor.committedAt());
    if (ends != null) {
      ends.frames().addTo(record.headers());
    }
    var _ = send(record, ends);
  }

  void observations(Observations observations, Instant at) {
    var _ =
        send(
            record(
                Topics.CURSORS,
                Optional.of(Observations.key(observations.relay())),
                observations.encode(),
                at),
            ends);
  }

  /** Commits what was written since {@link #begin}. */
  void commit() {
    producer.commitTransaction();
    if (ends != null) {
      ends.committed();
    }
  }

  /**
   * Hands a record to the producer. One that fails later fails the commit; one that has failed when
   * the producer returns has waited for the broker for two seconds, and so would the next one, and
   * every other of the batch.
   */
  private Future<RecordMetadata> send(
      ProducerRecord<byte[], byte[]> record, @Nullable Callback taken) {
    Future<RecordMetadata> sent = producer.send(record, taken);
    if (sent.state() == Future.State.FAILED) {
      throw failure(sent.exceptionNow());
    }
    return sent;
  }

  private static KafkaException failure(Throwable cause) {
    return cause instanceof KafkaException known
        ? known
        : new KafkaException("a record was not taken", cause);
  }

  private static ProducerRecord<byte[], byte[]> record(
      Topic topic, Optional<String> key, byte[] value, Instant at) {
    return new ProducerRecord<>(
        topic.name(), null, at.toEpochMilli(), key.map(Writer::bytes).orElse(null), value);
  }

  private static byte[] bytes(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  /** Lets go of the producer without waiting; an open transaction is ended by the next writer. */
  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }
}
