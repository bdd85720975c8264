package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.ingestor.process.IngestorProcess;
import courtside.ingestor.process.Traffic;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An ingestor in a process of its own that is stopped for longer than the relay may be silent, and
 * goes on: that was not the relay's silence. However long it was, the relay is dialled once at
 * most. Times are scaled 1:10.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class SuspendedProcessTest {
  private static final String RELAY = "recording";

  private static final int TIMES = 3;

  /** Longer than a relay may be silent, and less than the 2 s that Kafka has for an answer. */
  private static final Duration SHORT = Duration.ofMillis(1_500);

  /** An answer of Kafka may be overdue, and the group may have taken what it had from it. */
  private static final List<Duration> LONG = List.of(Duration.ofSeconds(3), Duration.ofSeconds(9));

  @TempDir Path directory;

  @Test
  void goesOnOnItsConnection() throws Exception {
    long seed = Long.getLong("courtside.seed", System.nanoTime());
    try (FaultTable table = new FaultTable("suspended");
        IngestorFixture fixture = new IngestorFixture(directory);
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Traffic traffic = Traffic.startKept(RELAY, frames, seed);
        FaultRows lived = new FaultRows(table, fixture, traffic, RELAY);
        IngestorProcess ingestor =
            IngestorProcess.start(
                QuickMain.class.getName(),
                List.of(),
                directory.resolve("ingestor"),
                fixture.bootstrap(),
                RELAY + "=" + relay.uri(),
                "oldest-if-new",
                Map.of("COURTSIDE_INGESTOR_HEARTBEAT_TIMEOUT", "1s"))) {
      ingestor.awaitState("reading");
      for (int i = 0; i < TIMES; i++) {
        assertThat(dials(SHORT, ingestor, relay, lived)).as("seed %d", seed).isZero();
      }
      for (Duration stopped : LONG) {
        assertThat(dials(stopped, ingestor, relay, lived))
            .as("seed %d", seed)
            .isLessThanOrEqualTo(1);
      }
      traffic.end();
      lived.awaitLast();
      assertThat(relay.ledger().maxOpen()).as("connections at once, seed %d", seed).isOne();
    }
  }

  /** How often the relay was dialled because the process was stopped for so long. */
  private static long dials(
      Duration stopped, IngestorProcess ingestor, Relay relay, FaultRows lived) throws Exception {
    long accepted = relay.ledger().accepted();
    ingestor.jvm().freeze();
    FaultRows.Moment moment = lived.now();
    ingestor.jvm().awaitFrozenFor(stopped);
    ingestor.jvm().thaw();
    lived.add("process stopped for " + stopped.toMillis() + " ms", 1, moment);
    ingestor.awaitState("reading");
    return relay.ledger().accepted() - accepted;
  }
}
