package courtside.service.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.status.ServiceStatus;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class StatusReporterTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Instant START = Instant.parse("2026-11-24T02:08:09.123Z");
  private static final TopicPartition PLACE = new TopicPartition(Topics.SERVICE_STATUS.name(), 0);
  private static final Health READING =
      new Health(true, true, "reading", List.of(), Map.of("lag_seconds", 0.5));
  private static final Health SILENT =
      new Health(true, false, "silent", List.of("no frame for 21 s"), Map.of("lag_seconds", 21.0));

  @TempDir Path directory;
  private final AtomicLong reports = new AtomicLong();
  private volatile Health health = READING;

  @Test
  void writesWhatTheServiceSaysOfItselfUntilItIsClosed() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
      createTopic(broker);
      try (StatusReporter _ = start(broker);
          KafkaConsumer<String, byte[]> consumer = consumer(broker)) {
        ConsumerRecord<String, byte[]> first = next(consumer, READING);
        assertThat(first.key()).isEqualTo("ingestor/ingestor-1");
        assertThat(ServiceStatus.FORMAT.decode(first.value()))
            .isEqualTo(
                new ServiceStatus(
                    "ingestor",
                    "ingestor-1",
                    START,
                    true,
                    "reading",
                    List.of(),
                    Map.of("lag_seconds", 0.5),
                    Optional.empty()));
        health = SILENT;
        ServiceStatus later = ServiceStatus.FORMAT.decode(next(consumer, SILENT).value());
        assertThat(later.ready()).isFalse();
        assertThat(later.reasons()).containsExactly("no frame for 21 s");
        assertThat(later.at()).isAfter(START);
      }
      assertThat(threads()).doesNotContain("status");
    }
  }

  @Test
  void goesOnOnceKafkaIsBack() throws Exception {
    int port;
    EmbeddedBroker before = EmbeddedBroker.start(directory, 0);
    StatusReporter reporter;
    try (before) {
      createTopic(before);
      port = Integer.parseInt(before.bootstrap().substring("127.0.0.1:".length()));
      reporter = start(before);
      try (KafkaConsumer<String, byte[]> consumer = consumer(before)) {
        next(consumer, READING);
      }
    }
    try (reporter) {
      long written = reports.get();
      await().atMost(LIMIT).until(() -> reports.get() > written + 2);
      health = SILENT;
      try (EmbeddedBroker after = EmbeddedBroker.start(directory, port);
          KafkaConsumer<String, byte[]> consumer = consumer(after)) {
        assertThat(next(consumer, SILENT).key()).isEqualTo("ingestor/ingestor-1");
      }
    }
  }

  private StatusReporter start(EmbeddedBroker broker) {
    return StatusReporter.start(
        "ingestor",
        "ingestor-1",
        () -> health,
        () -> START.plusSeconds(reports.getAndIncrement()),
        address(broker));
  }

  /** The next record that says so. */
  private static ConsumerRecord<String, byte[]> next(
      KafkaConsumer<String, byte[]> consumer, Health wanted) {
    List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
    await()
        .atMost(LIMIT)
        .until(() -> {
          for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            if (ServiceStatus.FORMAT.decode(record.value()).state().equals(wanted.state())) {
              found.add(record);
            }
          }
          return !found.isEmpty();
        });
    return found.getFirst();
  }

  private static void createTopic(EmbeddedBroker broker) throws InterruptedException {
    try (Admin admin = Admin.create(address(broker))) {
      new TopicContract(admin, DiskBudget.DEFAULT).enforce(Set.of(Topics.SERVICE_STATUS));
    }
  }

  private static KafkaConsumer<String, byte[]> consumer(EmbeddedBroker broker) {
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(address(broker), new StringDeserializer(), new ByteArrayDeserializer());
    consumer.assign(List.of(PLACE));
    consumer.seekToBeginning(List.of(PLACE));
    return consumer;
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
  }

  private static Map<String, Object> address(EmbeddedBroker broker) {
    return Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap());
  }
}
