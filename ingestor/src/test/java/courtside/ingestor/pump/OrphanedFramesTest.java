package courtside.ingestor.pump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.Did;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.process.BrokerProcess;
import courtside.testkit.process.LogEnds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that is killed in the middle of a transaction and away for longer than its timeout: it
 * takes the transaction for aborted, and its records for undecided, until the next transaction of
 * the same producer decides on them too. The cleansing abort is there for that, and not for
 * anything else; so this also shows what happens without it. How often is the system property
 * {@code courtside.brokerkills}.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class OrphanedFramesTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration AWAY = Duration.ofSeconds(11);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** The broker forgets at some of its starts alone; one is found soon, and seldom late. */
  private static final int ATTEMPTS = 12;

  /**
   * While it starts, the broker looks for transactions that have timed out; it forgets the markers
   * if it does so in the moment in which it leads no partition yet. Ours look once a second, and
   * some starts pass between two looks.
   */
  private static final Map<String, String> LOOKS_OFTEN =
      Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "10");

  private static final int FRAMES = 100;
  private static final String ORPHANED = "orphaned";
  private static final String NEXT = "next";

  @TempDir Path directory;

  @Test
  void areCommittedByTheNextTransactionUnlessAnAbortGoesBeforeIt() throws Exception {
    int kills = Integer.getInteger("courtside.brokerkills", 1);
    for (int kill = 1; kill <= kills; kill++) {
      try (Log uncleansed = Log.start(directory.resolve("uncleansed-" + kill));
          Log cleansed = Log.start(directory.resolve("cleansed-" + kill))) {
        int attempts = leaveOrphans(List.of(uncleansed, cleansed));
        uncleansed.writeWithoutCleansing();
        cleansed.writeAfterCleansing();
        long committed = uncleansed.committed(ORPHANED);
        System.out.printf(
            "broker killed in a transaction of %d frames and away for %d s, timeout %d s (attempt %d):"
                + " %d of them committed without the cleansing abort, %d with it%n",
            FRAMES,
            AWAY.toSeconds(),
            TIMEOUT.toSeconds(),
            attempts,
            committed,
            cleansed.committed(ORPHANED));
        assertThat(committed).as("orphans without the cleansing abort").isEqualTo(FRAMES);
        assertThat(cleansed.committed(ORPHANED)).as("orphans with it").isZero();
        assertThat(cleansed.committed(NEXT)).isEqualTo(FRAMES);
        assertThat(cleansed.ends.somethingIsOpen()).isFalse();
      }
    }
  }

  /** Kills the brokers of these logs until each has orphans; says how often that was needed. */
  private static int leaveOrphans(List<Log> logs) throws Exception {
    List<Log> without = new ArrayList<>(logs);
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      for (Log log : without) {
        log.writeAndKill();
      }
      for (Log log : without) {
        log.broker.awaitAwayFor(AWAY);
        log.broker.begin();
      }
      for (Log log : List.copyOf(without)) {
        log.awaitTakenForAborted();
        if (log.ends.somethingIsOpen()) {
          without.remove(log);
        }
      }
      if (without.isEmpty()) {
        return attempt;
      }
    }
    throw new AssertionError(
        "expected a broker that forgets its abort markers, found none in "
            + ATTEMPTS
            + " attempts: if its defect is cured, the cleansing abort is needed no longer");
  }

  /** A broker with the topics, and what writes there. */
  private static final class Log implements AutoCloseable {
    private final BrokerProcess broker;
    private final LogEnds ends;

    private Log(BrokerProcess broker) {
      this.broker = broker;
      this.ends = new LogEnds(broker.bootstrap(), Topics.FRAMES, Topics.CURSORS);
    }

    static Log start(Path directory) throws IOException, InterruptedException {
      Log log = new Log(BrokerProcess.start(directory, LOOKS_OFTEN));
      try {
        new TopicContract(log.ends.admin(), new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
        return log;
      } catch (RuntimeException e) {
        log.close();
        throw e;
      }
    }

    private Writer fence() {
      return Writer.fence(new KafkaAddress(broker.bootstrap()).client(), "writer", TIMEOUT);
    }

    /** Kills the broker when it has all frames of a transaction. */
    void writeAndKill() throws InterruptedException {
      try (Writer writer = fence()) {
        long before = count(ends.written());
        writer.begin();
        write(writer, ORPHANED);
        await().atMost(LIMIT).until(() -> count(ends.written()) == before + FRAMES);
        assertThat(ends.somethingIsOpen()).isTrue();
        broker.kill();
      }
    }

    private static long count(Map<TopicPartition, Long> ends) {
      return ends.values().stream().mapToLong(Long::longValue).sum();
    }

    private static void write(Writer writer, String relay) {
      for (int seq = 1; seq <= FRAMES; seq++) {
        writer.frame(
            new FrameHeaders(relay, 1, seq),
            // The same accounts each time, and so the same partitions.
            Optional.of(account(seq)),
            "frame".getBytes(StandardCharsets.US_ASCII),
            Instant.now());
      }
    }

    private static Did account(int number) {
      try {
        return Did.parse("did:web:account-" + number + ".test");
      } catch (MalformedDataException e) {
        throw new IllegalStateException(e);
      }
    }

    void awaitTakenForAborted() {
      await()
          .atMost(LIMIT)
          .ignoreExceptionsInstanceOf(ExecutionException.class)
          .until(() -> state() == TransactionState.COMPLETE_ABORT);
    }

    private TransactionState state() throws Exception {
      return ends.admin()
          .describeTransactions(List.of(Writer.TRANSACTIONAL_ID))
          .description(Writer.TRANSACTIONAL_ID)
          .get()
          .state();
    }

    void writeWithoutCleansing() {
      try (Writer writer = fence()) {
        // What goes before every activation is the second line: it lets nobody write here.
        assertThatThrownBy(() -> writer.awaitNothingOpen(ends.admin(), System::nanoTime, () -> {}))
            .isInstanceOf(KafkaException.class)
            .hasMessageContaining("is open on frames or cursors");
        commit(writer);
      }
    }

    void writeAfterCleansing() throws InterruptedException {
      try (Writer writer = fence()) {
        writer.cleanse(() -> {});
        writer.awaitNothingOpen(ends.admin(), System::nanoTime, () -> {});
        commit(writer);
      }
    }

    private static void commit(Writer writer) {
      writer.begin();
      write(writer, NEXT);
      writer.commit();
    }

    /** How many frames under this name are there for a reader. */
    long committed(String relay) throws InterruptedException {
      ends.awaitReadable(ends.written());
      try (CommittedRecords records = new CommittedRecords(broker.bootstrap())) {
        return records.readAll(Topics.FRAMES.name(), Topics.FRAMES.partitions()).stream()
            .filter(record -> FrameHeaders.read(record.headers()).relay().equals(relay))
            .count();
      }
    }

    @Override
    public void close() throws InterruptedException {
      ends.close();
      broker.close();
    }
  }
}
