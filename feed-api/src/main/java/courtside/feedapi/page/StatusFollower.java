package courtside.feedapi.page;

import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.status.ServiceStatus;
import courtside.eventlog.topic.Topics;
import courtside.feedapi.log.LogConsumer;
import courtside.service.kafka.KafkaAddress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the boards true: follows {@code service.status} and {@code feed.status} from their
 * beginnings and {@code firehose.incidents} from shortly before its end, on a thread of its own.
 * Thread-safe.
 */
public final class StatusFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusFollower.class);
  private static final TopicPartition STATUS = new TopicPartition(Topics.SERVICE_STATUS.name(), 0);
  private static final TopicPartition FEEDS = new TopicPartition(Topics.FEED_STATUS.name(), 0);
  private static final TopicPartition INCIDENTS = new TopicPartition(Topics.INCIDENTS.name(), 0);
  private static final Duration POLL = Duration.ofMillis(250);

  /**
   * Offsets before the end to begin at: those of half a day, even where a relay passes over numbers
   * all the time and each transaction leaves a marker; mostly all that is retained.
   */
  private static final long BACK = 100_000;

  private final KafkaAddress kafka;
  private final Boards boards;
  private final InstantSource clock;
  private final Counter unreadable;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable LogConsumer consumer;

  private StatusFollower(
      KafkaAddress kafka,
      Boards boards,
      InstantSource clock,
      MeterRegistry metrics,
      Runnable failed) {
    this.kafka = kafka;
    this.boards = boards;
    this.clock = clock;
    this.unreadable =
        Counter.builder("courtside.feed.api.page.records.skipped")
            .description("statuses and incidents that could not be read")
            .register(metrics);
    this.thread =
        Thread.ofPlatform()
            .name("status-follower")
            .daemon()
            .uncaughtExceptionHandler((ended, cause) -> {
              // Whatever nobody foresaw ends the service, and is said.
              LOG.atError().setCause(cause).log("status cannot be followed any more");
              failed.run();
            })
            .unstarted(this::run);
  }

  /**
   * Starts to follow; goes on whatever Kafka does.
   *
   * @param failed told when this cannot go on
   */
  public static StatusFollower start(
      KafkaAddress kafka,
      Dashboard dashboard,
      InstantSource clock,
      MeterRegistry metrics,
      Runnable failed) {
    StatusFollower follower = new StatusFollower(kafka, dashboard.boards(), clock, metrics, failed);
    follower.thread.start();
    return follower;
  }

  private void run() {
    while (closing.getCount() > 0) {
      try (LogConsumer opened =
          new LogConsumer(
              kafka,
              "feed-api-page",
              Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"))) {
        consumer = opened;
        follow(opened.kafka());
      } catch (WakeupException | InterruptException e) {
        LOG.atDebug().log("follower woken");
      } catch (KafkaException e) {
        LOG.atWarn().addKeyValue("reason", e.getMessage()).log("status cannot be read");
        pause();
      } finally {
        consumer = null;
      }
    }
  }

  private void pause() {
    try {
      boolean _ = closing.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closing.countDown();
    }
  }

  private void follow(Consumer<byte[], byte[]> from) {
    if (closing.getCount() == 0) {
      return;
    }
    List<TopicPartition> all = List.of(STATUS, FEEDS, INCIDENTS);
    from.assign(all);
    Map<TopicPartition, Long> begins = from.beginningOffsets(all);
    Map<TopicPartition, Long> ends = from.endOffsets(all);
    from.seek(STATUS, begins.getOrDefault(STATUS, 0L));
    from.seek(FEEDS, begins.getOrDefault(FEEDS, 0L));
    from.seek(
        INCIDENTS,
        Math.max(begins.getOrDefault(INCIDENTS, 0L), ends.getOrDefault(INCIDENTS, 0L) - BACK));
    boards.clear();
    long live = ends.getOrDefault(STATUS, 0L);
    boolean complete = false;
    while (closing.getCount() > 0) {
      for (ConsumerRecord<byte[], byte[]> record : from.poll(POLL)) {
        take(record, live);
      }
      if (!complete && from.position(STATUS) >= live) {
        complete = true;
        boards.beats().complete();
      }
    }
  }

  /**
   * Takes one.
   *
   * @param live the offset from which on a status is heard as it is said
   */
  private void take(ConsumerRecord<byte[], byte[]> record, long live) {
    try {
      String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
      Optional<byte[]> value = Optional.ofNullable(record.value());
      if (record.topic().equals(Topics.INCIDENTS.name())) {
        value.map(Incident.FORMAT::decode).ifPresent(boards.incidents()::add);
      } else if (record.topic().equals(Topics.FEED_STATUS.name())) {
        boards.replays().put(key, value.map(FeedStatus.FORMAT::decode));
      } else if (value.isPresent()) {
        ServiceStatus status = ServiceStatus.FORMAT.decode(value.get());
        Instant heardAt = record.offset() >= live ? clock.instant() : status.at();
        boards.services().put(status, heardAt);
        boards.beats().add(status, heardAt);
      } else {
        boards.services().remove(key);
      }
    } catch (SerializationException | IllegalArgumentException e) {
      unreadable.increment();
      LOG.atDebug()
          .addKeyValue("topic", record.topic())
          .addKeyValue("offset", record.offset())
          .log("record skipped");
    }
  }

  /** Ends the thread, and waits for that no longer than the consumer takes to close. */
  @Override
  public void close() {
    closing.countDown();
    LogConsumer running = consumer;
    if (running != null) {
      running.wake();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
