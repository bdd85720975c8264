package courtside.processor;

import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.processor.feed.Memory;
import courtside.service.kafka.KafkaAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;

/** A processor in the JVM of a test, with a thread for each stage, and the log that it needs. */
final class SmallProcessor {
  private SmallProcessor() {}

  /** Makes every topic. */
  static void prepare(KafkaAddress kafka) throws InterruptedException {
    try (Admin admin = Admin.create(kafka.client())) {
      new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
    }
  }

  /** Promotes after a second; health at any port. */
  static ProcessorSettings settings(KafkaAddress kafka, Path data) {
    return settings(kafka, data, Optional.empty(), 0);
  }

  /** The same with shipped feeds, and health at a port. */
  static ProcessorSettings settings(
      KafkaAddress kafka, Path data, Optional<Path> feeds, int healthPort) {
    return new ProcessorSettings(
        kafka,
        data,
        new DiskBudget(DiskBudget.LEAST),
        feeds,
        1,
        1,
        0,
        Duration.ofMillis(50),
        64_000_000,
        Duration.ofMinutes(5),
        8_000_000,
        Memory.DEFAULT,
        Duration.ofSeconds(1),
        Duration.ofDays(1),
        "127.0.0.1",
        healthPort,
        true);
  }
}
