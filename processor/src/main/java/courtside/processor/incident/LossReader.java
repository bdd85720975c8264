package courtside.processor.incident;

import courtside.eventlog.control.Wish;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows {@code control} and {@code firehose.incidents} on a thread of its own, both from their
 * beginning: they are small. While Kafka is away what was read last holds. Thread-safe.
 */
public final class LossReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LossReader.class);
  private static final TopicPartition CONTROL = new TopicPartition(Topics.CONTROL.name(), 0);
  private static final TopicPartition INCIDENTS = new TopicPartition(Topics.INCIDENTS.name(), 0);
  private static final List<TopicPartition> BOTH = List.of(CONTROL, INCIDENTS);

  /** So many are told apart; beyond that the oldest is forgotten, and the number stays. */
  private static final int MOST = 10_000;

  private static final Duration WAIT = Duration.ofMillis(500);

  private final KafkaConsumer<String, byte[]> consumer;
  private final Predicate<String> isStage;
  private final Thread thread;
  private volatile Losses losses = Losses.UNKNOWN;
  private volatile boolean closing;

  // Only the reader's thread.
  private final NavigableSet<Long> offsets = new TreeSet<>();
  private boolean known;
  private Optional<Wish.Acknowledged> acknowledged = Optional.empty();

  private LossReader(
      KafkaConsumer<String, byte[]> consumer, Predicate<String> isStage, Runnable onFailure) {
    this.consumer = consumer;
    this.isStage = isStage;
    this.thread = Thread.ofPlatform().name("losses").daemon().unstarted(() -> run(onFailure));
  }

  /**
   * Starts to follow.
   *
   * @param isStage whether an incident's subject is a stage of this service
   * @param onFailure run if it cannot go on, on its thread: must not wait
   */
  public static LossReader start(
      KafkaAddress kafka, String instance, Predicate<String> isStage, Runnable onFailure) {
    Map<String, Object> config = kafka.client();
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, instance + "-losses");
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, IsolationLevel.READ_COMMITTED.toString());
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    LossReader reader =
        new LossReader(
            new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer()),
            isStage,
            onFailure);
    reader.thread.start();
    return reader;
  }

  /** What is known now. */
  public Losses losses() {
    return losses;
  }

  private void run(Runnable onFailure) {
    boolean orderly = false;
    try {
      consumer.assign(BOTH);
      while (!closing) {
        turn();
      }
      orderly = true;
    } catch (WakeupException e) {
      // Only closing wakes it.
      orderly = closing;
    } catch (KafkaException e) {
      // A consumer without a group meets nothing that passes: what passes it waits for by itself.
      LOG.atError().setCause(e).log("incidents cannot be read any more");
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      if (!orderly) {
        onFailure.run();
      }
    }
  }

  private void turn() {
    consumer.poll(WAIT).forEach(this::take);
    acknowledged.ifPresent(word -> offsets.headSet(word.before(), false).clear());
    known =
        known
            || BOTH.stream()
                .allMatch(partition -> consumer.currentLag(partition).orElse(-1L) == 0L);
    losses = new Losses(known, offsets.size(), acknowledged);
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    if (record.value() == null) {
      return;
    }
    try {
      if (record.topic().equals(CONTROL.topic())) {
        if (Wish.FORMAT.decode(record.value()) instanceof Wish.Acknowledged word) {
          acknowledged = Optional.of(word);
        }
        return;
      }
      Incident incident = Incident.FORMAT.decode(record.value());
      if (incident.lost() && isStage.test(incident.subject())) {
        offsets.add(record.offset());
        if (offsets.size() > MOST) {
          offsets.removeFirst();
        }
      }
    } catch (SerializationException e) {
      // Of a newer version, or of nobody: what it says cannot be known.
      LOG.atWarn()
          .addKeyValue("topic", record.topic())
          .addKeyValue("offset", record.offset())
          .addKeyValue("reason", e.getMessage())
          .log("passed over what cannot be read");
    }
  }

  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
