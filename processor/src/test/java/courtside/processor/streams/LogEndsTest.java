package courtside.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class LogEndsTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final TopicPartition PARTITION = new TopicPartition(Topics.POSTS.name(), 3);

  @TempDir Path directory;
  private final AtomicLong now = new AtomicLong();

  @Test
  void areOldOnceTheBrokerIsGone() throws Exception {
    EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
    try (Admin admin = Admin.create(new KafkaAddress(broker.bootstrap()).client())) {
      new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
      try (LogEnds ends = LogEnds.start(admin, List.of(Topics.POSTS), now::get)) {
        await().atMost(LIMIT).until(() -> ends.end(PARTITION).isPresent());
        assertThat(ends.areFresh()).isTrue();
        // Time alone makes them old, and an answer fresh.
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        await().atMost(LIMIT).until(ends::areFresh);

        broker.close();
        now.addAndGet(Duration.ofMinutes(1).toNanos());

        assertThat(ends.areFresh()).isFalse();
        assertThat(ends.end(PARTITION)).hasValue(0);
      }
    } finally {
      broker.close();
    }
  }
}
