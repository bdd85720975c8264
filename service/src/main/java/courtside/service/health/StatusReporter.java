package courtside.service.health;

import courtside.eventlog.status.ServiceStatus;
import courtside.eventlog.topic.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the service's health to {@code service.status} once a second, on a thread of its own. What
 * cannot be sent is dropped: the next second says more. Thread-safe.
 */
public final class StatusReporter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusReporter.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final String service;
  private final String instance;
  private final Supplier<Health> health;
  private final InstantSource clock;
  private final Producer<String, byte[]> producer;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  private StatusReporter(
      String service,
      String instance,
      Supplier<Health> health,
      InstantSource clock,
      Producer<String, byte[]> producer) {
    this.service = service;
    this.instance = instance;
    this.health = health;
    this.clock = clock;
    this.producer = producer;
    this.thread = Thread.ofPlatform().name("status").daemon().unstarted(this::run);
  }

  /**
   * Starts to report.
   *
   * @param client properties that reach Kafka
   */
  public static StatusReporter start(
      String service,
      String instance,
      Supplier<Health> health,
      InstantSource clock,
      Map<String, Object> client) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ProducerConfig.CLIENT_ID_CONFIG, instance + "-status");
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PERIOD.toMillis());
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 5_000);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000);
    StatusReporter reporter =
        new StatusReporter(
            service,
            instance,
            health,
            clock,
            new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer()));
    reporter.thread.start();
    return reporter;
  }

  private void run() {
    try {
      do {
        report();
      } while (!closing.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report() {
    Health now = health.get();
    ServiceStatus status =
        new ServiceStatus(
            service,
            instance,
            clock.instant(),
            now.ready(),
            now.state(),
            now.reasons(),
            now.figures(),
            now.answers());
    try {
      var _ =
          producer.send(
              new ProducerRecord<>(
                  Topics.SERVICE_STATUS.name(), status.key(), ServiceStatus.FORMAT.encode(status)),
              (metadata, failure) -> {
                if (failure != null) {
                  LOG.atDebug()
                      .addKeyValue("reason", failure.getMessage())
                      .log("status not written");
                }
              });
    } catch (KafkaException e) {
      // Kafka is away; whoever must know sees it in the service's own health.
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("status not written");
    }
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(Duration.ofSeconds(1));
  }
}
