package courtside.ingestor.pump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import courtside.atproto.syntax.Did;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.ingestor.FaultTable;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.process.LogEnds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writer that stood still for longer than its transaction may last, which is two seconds here:
 * the broker has aborted it, and what the writer does with it then must not end the next one.
 */
@Timeout(120)
final class TimedOutTransactionTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int FRAMES = 10;

  @TempDir Path directory;

  @Test
  void isNotCommittedAndTheNextOneIs() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
        LogEnds ends = new LogEnds(broker.bootstrap(), Topics.FRAMES, Topics.CURSORS);
        CommittedRecords records = new CommittedRecords(broker.bootstrap());
        FaultTable table = new FaultTable("kafka-timed-out")) {
      new TopicContract(ends.admin(), new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
      Map<String, Object> client = new KafkaAddress(broker.bootstrap()).client();
      String said;
      try (Writer writer = Writer.fence(client, "writer", TIMEOUT)) {
        writer.cleanse(() -> {});
        writer.begin();
        write(writer);
        await().atMost(LIMIT).until(ends::somethingIsOpen);
        await().atMost(LIMIT).until(() -> state(ends) == TransactionState.COMPLETE_ABORT);
        KafkaException[] thrown = new KafkaException[1];
        assertThatThrownBy(writer::commit)
            .isInstanceOfSatisfying(KafkaException.class, e -> thrown[0] = e);
        said = thrown[0].getClass().getSimpleName();
      }
      long from = System.nanoTime();
      try (Writer next = Writer.fence(client, "writer", TIMEOUT)) {
        next.cleanse(() -> {});
        next.awaitNothingOpen(ends.admin(), System::nanoTime, () -> {});
        next.begin();
        write(next);
        next.commit();
      }
      ends.awaitReadable(ends.written());
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
      List<FrameHeaders> logged =
          records.readAll(Topics.FRAMES.name(), Topics.FRAMES.partitions()).stream()
              .map(record -> FrameHeaders.read(record.headers()))
              .toList();
      Set<FrameHeaders> once = new HashSet<>(logged);
      table.add(
          "transaction open for longer than it may be",
          1,
          millis,
          FRAMES - once.size(),
          logged.size() - once.size(),
          said);
      assertThat(logged).hasSize(FRAMES).doesNotHaveDuplicates();
    }
  }

  private static void write(Writer writer) throws Exception {
    for (int seq = 1; seq <= FRAMES; seq++) {
      writer.frame(
          new FrameHeaders("relay", 1, seq),
          Optional.of(Did.parse("did:web:account-" + seq + ".test")),
          "frame".getBytes(StandardCharsets.US_ASCII),
          Instant.now());
    }
  }

  private static TransactionState state(LogEnds ends) throws Exception {
    return ends.admin()
        .describeTransactions(List.of(Writer.TRANSACTIONAL_ID))
        .description(Writer.TRANSACTIONAL_ID)
        .get()
        .state();
  }
}
