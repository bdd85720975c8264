package courtside.service.control;

import courtside.eventlog.control.Wish;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
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
public final class ControlReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlReader.class);
  private static final TopicPartition CONTROL = new TopicPartition(Topics.CONTROL.name(), 0);
  private static final TopicPartition INCIDENTS = new TopicPartition(Topics.INCIDENTS.name(), 0);
  private static final List<TopicPartition> BOTH = List.of(CONTROL, INCIDENTS);

  /** So many are told apart; beyond that the oldest is forgotten, and the number stays. */
  private static final int MOST_LOSSES = 10_000;

  private static final Duration WAIT = Duration.ofMillis(500);

  private final KafkaConsumer<String, byte[]> consumer;
  private final Predicate<Wish> concerns;
  private final Predicate<Incident> isLoss;
  private final Thread thread;
  private volatile Control control = Control.UNKNOWN;
  private volatile boolean closing;

  // Only the reader's thread.
  private final Map<String, Wish> wishes = new HashMap<>();
  private final NavigableSet<Long> losses = new TreeSet<>();
  private boolean known;

  private ControlReader(
      KafkaConsumer<String, byte[]> consumer,
      Predicate<Wish> concerns,
      Predicate<Incident> isLoss,
      Runnable onFailure) {
    this.consumer = consumer;
    this.concerns = concerns;
    this.isLoss = isLoss;
    this.thread = Thread.ofPlatform().name("control").daemon().unstarted(() -> run(onFailure));
  }

  /**
   * Starts to follow.
   *
   * @param client properties that reach Kafka
   * @param concerns which wishes are kept, of a bounded number of keys; {@link Wish.Acknowledged}
   *     always is
   * @param isLoss which incidents are losses of this service
   * @param onFailure run if it cannot go on, on its thread: must not wait
   */
  public static ControlReader start(
      Map<String, Object> client,
      String instance,
      Predicate<Wish> concerns,
      Predicate<Incident> isLoss,
      Runnable onFailure) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, instance + "-control");
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, IsolationLevel.READ_COMMITTED.toString());
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    ControlReader reader =
        new ControlReader(
            new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer()),
            wish -> wish instanceof Wish.Acknowledged || concerns.test(wish),
            isLoss,
            onFailure);
    reader.thread.start();
    return reader;
  }

  /** What is wanted now. */
  public Control control() {
    return control;
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
      LOG.atError().setCause(e).log("control cannot be read any more");
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      if (!orderly) {
        onFailure.run();
      }
    }
  }

  private void turn() {
    consumer.poll(WAIT).forEach(this::take);
    if (wishes.get(Wish.Acknowledged.KEY) instanceof Wish.Acknowledged word) {
      losses.headSet(word.before(), false).clear();
    }
    known =
        known
            || BOTH.stream()
                .allMatch(partition -> consumer.currentLag(partition).orElse(-1L) == 0L);
    control = new Control(known, wishes, losses.size());
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    if (record.value() == null) {
      return;
    }
    try {
      if (record.topic().equals(CONTROL.topic())) {
        Wish wish = Wish.FORMAT.decode(record.value());
        if (concerns.test(wish)) {
          wishes.put(wish.key(), wish);
        }
      } else if (isLoss.test(Incident.FORMAT.decode(record.value()))) {
        losses.add(record.offset());
        if (losses.size() > MOST_LOSSES) {
          losses.removeFirst();
        }
      }
    } catch (SerializationException e) {
      // A wish of a newer version, or of nobody: what it asks for cannot be known.
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
