package courtside.command;

import courtside.eventlog.control.Wish;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.firehose.Observations;
import courtside.eventlog.status.ServiceStatus;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The small topics of a pipeline that runs, as a command needs them: read to their end, and asked.
 * Confined to one thread.
 */
final class Log implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Log.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final KafkaAddress kafka;
  private final KafkaConsumer<String, byte[]> consumer;

  /** An incident and where it stands. */
  record Numbered(long offset, Incident incident) {}

  private Log(KafkaAddress kafka) {
    this.kafka = kafka;
    Map<String, Object> config = kafka.client();
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, IsolationLevel.READ_COMMITTED.toString());
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    // Who reads makes nothing, least of all with a broker's settings in the place of ours.
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * Connects.
   *
   * @param topics what is to be read or written
   * @throws KafkaException if Kafka does not answer, or no pipeline was ever there
   */
  static Log open(KafkaAddress kafka, Topic... topics) throws InterruptedException {
    RequiredTopics.require(kafka, List.of(topics));
    return new Log(kafka);
  }

  /** Every incident that is kept, the oldest first. */
  List<Numbered> incidents() {
    List<Numbered> incidents = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : readAll(Topics.INCIDENTS)) {
      try {
        incidents.add(new Numbered(record.offset(), Incident.FORMAT.decode(record.value())));
      } catch (SerializationException e) {
        passOver(record, e);
      }
    }
    return incidents;
  }

  /** What each instance last said of itself, by service and instance. */
  Map<String, ServiceStatus> statuses() {
    Map<String, ServiceStatus> statuses = new TreeMap<>();
    for (ConsumerRecord<String, byte[]> record : readAll(Topics.SERVICE_STATUS)) {
      status(record).ifPresent(status -> statuses.put(record.key(), status));
    }
    return statuses;
  }

  /** Where the relay that was read last was left; empty where none ever was. */
  Optional<Cursor> cursor() {
    Optional<Cursor> newest = Optional.empty();
    for (ConsumerRecord<String, byte[]> record : readAll(Topics.CURSORS)) {
      Optional<Cursor> cursor = cursor(record);
      if (cursor.isPresent()
          && newest
              .filter(found -> found.committedAt().isAfter(cursor.get().committedAt()))
              .isEmpty()) {
        newest = cursor;
      }
    }
    return newest;
  }

  private static Optional<Cursor> cursor(ConsumerRecord<String, byte[]> record) {
    if (Observations.isKey(record.key())) {
      return Optional.empty();
    }
    try {
      return Optional.of(Cursor.decode(record.value()));
    } catch (SerializationException e) {
      passOver(record, e);
      return Optional.empty();
    }
  }

  private static Optional<ServiceStatus> status(ConsumerRecord<String, byte[]> record) {
    try {
      return Optional.ofNullable(record.value()).map(ServiceStatus.FORMAT::decode);
    } catch (SerializationException e) {
      passOver(record, e);
      return Optional.empty();
    }
  }

  /** A newer service may write beside this command. */
  private static void passOver(ConsumerRecord<String, byte[]> record, SerializationException why) {
    LOG.atWarn()
        .addKeyValue("topic", record.topic())
        .addKeyValue("offset", record.offset())
        .addKeyValue("reason", why.getMessage())
        .log("passed over a record of a version that is not known here");
  }

  /**
   * Writes a wish, and waits until a service says that it has carried it out.
   *
   * @return what it said of itself then; empty if none has said so in time
   */
  Optional<ServiceStatus> ask(Wish wish, Duration patience) throws InterruptedException {
    List<TopicPartition> status = List.of(new TopicPartition(Topics.SERVICE_STATUS.name(), 0));
    consumer.assign(status);
    consumer.seekToEnd(status);
    long from = consumer.position(status.getFirst());
    WishWriter.write(kafka, wish);
    consumer.seek(status.getFirst(), from);
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() - deadline < 0) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
        Optional<ServiceStatus> answer =
            status(record)
                .filter(said ->
                    said.answers()
                        .filter(answers -> wish.id().equals(answers.get(wish.key())))
                        .isPresent());
        if (answer.isPresent()) {
          return answer;
        }
      }
    }
    return Optional.empty();
  }

  private List<ConsumerRecord<String, byte[]>> readAll(Topic topic) {
    List<TopicPartition> one = List.of(new TopicPartition(topic.name(), 0));
    consumer.assign(one);
    consumer.seekToBeginning(one);
    long end = consumer.endOffsets(one).getOrDefault(one.getFirst(), 0L);
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (consumer.position(one.getFirst()) < end) {
      if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException(topic.name() + " could not be read within " + PATIENCE);
      }
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
        if (record.value() != null) {
          records.add(record);
        }
      }
    }
    return records;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
