package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.topic.Topics;
import courtside.ingestor.process.CommittedReader;
import courtside.ingestor.process.IngestorProcess;
import courtside.ingestor.process.Traffic;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.process.LogEnds;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What may happen to the process that writes while a transaction of it is open: killed and started
 * again at once, frozen with nobody to replace it, frozen and replaced. How many seconds it is
 * frozen alone is the system property {@code courtside.frozen}: more than 6 is more than the
 * group's session, more than 60 more than the transaction's timeout. Printed is the time from the
 * kill, the thaw, and the freeze, to the first new frame.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class OwnerFaultsTest {
  private static final String RELAY = "simulated";
  private static final LoggedFrames FLAWLESS =
      new LoggedFrames(List.of(), List.of(), List.of(), List.of());

  private final long seed = Long.getLong("courtside.seed", System.nanoTime());

  @TempDir Path directory;

  @Test
  void loseNothingAndDoubleNothing() throws Exception {
    Duration frozen = Duration.ofSeconds(Long.getLong("courtside.frozen", 8));
    Random random = new Random(seed);
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Traffic traffic = Traffic.start(RELAY, frames, List.of(), seed);
        CommittedReader reader = CommittedReader.start(broker.bootstrap(), traffic);
        LogEnds ends = new LogEnds(broker.bootstrap(), Topics.FRAMES, Topics.CURSORS);
        FaultTable table = new FaultTable("kafka-owner")) {
      IngestorProcess first = start("one", broker, relay);
      try (first) {
        reader.awaitAfter(RELAY, 0);
        first.freezeInTransaction(ends, random);
        first.jvm().kill();
      }
      long from = System.nanoTime();
      try (IngestorProcess owner = start("one", broker, relay)) {
        long again = millis(owner.jvm().startedNanos() - from);
        long millis = millis(reader.awaitAfter(RELAY, traffic.last(RELAY)) - from);
        row(
            table,
            "killed in a transaction, restarted",
            millis,
            reader,
            traffic,
            "started again after " + again + " ms");
        assertThat(again).as("ms until it was started again").isLessThan(100);

        owner.awaitState("reading");
        owner.freezeInTransaction(ends, random);
        owner.jvm().awaitFrozenFor(frozen);
        owner.jvm().thaw();
        from = System.nanoTime();
        millis = millis(reader.awaitAfter(RELAY, traffic.last(RELAY)) - from);
        owner.awaitState("reading");
        row(
            table,
            "frozen in a transaction for " + frozen.toSeconds() + " s, alone",
            millis,
            reader,
            traffic,
            "began to write " + (owner.activations() - 1) + " times");

        // That there is one is promised for each process: what is frozen keeps its own.
        assertThat(relay.ledger().maxOpen()).as("connections at once, seed %d", seed).isOne();

        try (IngestorProcess other = start("two", broker, relay)) {
          other.awaitState("standby");
          owner.freezeInTransaction(ends, random);
          from = System.nanoTime();
          millis = millis(reader.awaitAfter(RELAY, traffic.last(RELAY)) - from);
          owner.jvm().thaw();
          owner.awaitState("standby");
          other.awaitState("reading");
          reader.awaitAfter(RELAY, traffic.last(RELAY));
          row(
              table,
              "frozen in a transaction, replaced, woken",
              millis,
              reader,
              traffic,
              "the woken one: standby, the other: reading");
        }
      }
      traffic.end();
    }
  }

  private void row(
      FaultTable table,
      String fault,
      long millis,
      CommittedReader reader,
      Traffic traffic,
      String said) {
    // Up to what is had by now of all partitions.
    LoggedFrames logged = reader.compare(RELAY, traffic.last(RELAY));
    table.add(fault, 1, millis, logged.lost().size(), logged.doubled().size(), said);
    assertThat(logged).as("%s, seed %d", fault, seed).isEqualTo(FLAWLESS);
  }

  private IngestorProcess start(String name, EmbeddedBroker broker, Relay relay)
      throws IOException {
    return IngestorProcess.start(
        directory.resolve(name), broker.bootstrap(), RELAY + "=" + relay.uri(), "oldest-if-new");
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
