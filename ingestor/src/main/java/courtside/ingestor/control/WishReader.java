package courtside.ingestor.control;

import courtside.eventlog.control.Wish;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
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
 * beginning: they are small. While Kafka is away the last wishes hold. Thread-safe.
 */
public final class WishReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WishReader.class);
  private static final TopicPartition CONTROL = new TopicPartition(Topics.CONTROL.name(), 0);
  private static final TopicPartition INCIDENTS = new TopicPartition(Topics.INCIDENTS.name(), 0);
  private static final List<TopicPartition> BOTH = List.of(CONTROL, INCIDENTS);

  /** So many are told apart; beyond that the oldest is forgotten, and the number stays. */
  private static final int MOST_LOSSES = 10_000;

  private static final Duration WAIT = Duration.ofMillis(500);

  private final KafkaConsumer<String, byte[]> consumer;
  private final Thread thread;
  private volatile Wishes wishes = Wishes.UNKNOWN;
  private volatile boolean closing;

  // Only the reader's thread.
  private final NavigableSet<Long> losses = new TreeSet<>();
  private boolean known;
  private Optional<Wish.Ingesting> ingesting = Optional.empty();
  private Optional<Wish.Rewind> rewind = Optional.empty();
  private Optional<Wish.Acknowledged> acknowledged = Optional.empty();

  private WishReader(KafkaConsumer<String, byte[]> consumer, Runnable onFailure) {
    this.consumer = consumer;
    this.thread = Thread.ofPlatform().name("wishes").daemon().unstarted(() -> run(onFailure));
  }

  /**
   * Starts to follow.
   *
   * @param client properties that reach Kafka
   * @param onFailure run if it cannot go on, on its thread: must not wait
   */
  public static WishReader start(Map<String, Object> client, String instance, Runnable onFailure) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, instance + "-wishes");
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, IsolationLevel.READ_COMMITTED.toString());
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    WishReader reader =
        new WishReader(
            new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer()),
            onFailure);
    reader.thread.start();
    return reader;
  }

  /** What is wanted now. */
  public Wishes wishes() {
    return wishes;
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
    acknowledged.ifPresent(word -> losses.headSet(word.before(), false).clear());
    known =
        known
            || BOTH.stream()
                .allMatch(partition -> consumer.currentLag(partition).orElse(-1L) == 0L);
    wishes = new Wishes(known, ingesting, rewind, acknowledged, losses.size());
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    if (record.value() == null) {
      return;
    }
    try {
      if (record.topic().equals(CONTROL.topic())) {
        take(Wish.FORMAT.decode(record.value()));
      } else if (Incident.FORMAT.decode(record.value()).lost()) {
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

  private void take(Wish wish) {
    switch (wish) {
      case Wish.Ingesting newest -> ingesting = Optional.of(newest);
      case Wish.Rewind newest -> rewind = Optional.of(newest);
      case Wish.Acknowledged newest -> acknowledged = Optional.of(newest);
      // The steward's.
      case Wish.OfFeed _ -> {}
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
