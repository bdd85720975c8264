package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.topic.Topics;
import courtside.ingestor.process.CommittedReader;
import courtside.ingestor.process.IngestorProcess;
import courtside.ingestor.process.Traffic;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.process.BrokerProcess;
import courtside.testkit.process.LogEnds;
import courtside.testkit.process.Spread;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker in a process of its own, killed while a transaction is open (the ingestor is frozen for
 * the moment in which that is found out), away for a while, and started again. The number of kills,
 * how many seconds it is away (more than 60 is more than the transaction's timeout) and the seed
 * are the system properties {@code courtside.brokerkills}, {@code courtside.away} and {@code
 * courtside.seed}. Printed is the time from the start of the broker's process to the first frame
 * that a reader was given of those that came into being after it.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class KilledBrokerTest {
  private static final String RELAY = "simulated";

  @TempDir Path directory;

  @Test
  void losesAndDoublesNothingThoughItWasKilledInATransaction() throws Exception {
    int kills = Integer.getInteger("courtside.brokerkills", 1);
    Duration away = Duration.ofSeconds(Integer.getInteger("courtside.away", 11));
    long seed = Long.getLong("courtside.seed", System.nanoTime());
    Random random = new Random(seed);
    Spread times = new Spread();
    try (BrokerProcess broker = BrokerProcess.start(directory.resolve("kafka"));
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Traffic traffic = Traffic.start(RELAY, frames, List.of(), seed);
        CommittedReader reader = CommittedReader.start(broker.bootstrap(), traffic);
        LogEnds ends = new LogEnds(broker.bootstrap(), Topics.FRAMES, Topics.CURSORS);
        IngestorProcess ingestor =
            IngestorProcess.start(
                directory.resolve("ingestor"),
                broker.bootstrap(),
                RELAY + "=" + relay.uri(),
                "oldest-if-new")) {
      reader.awaitAfter(RELAY, 0);
      for (int kill = 0; kill < kills; kill++) {
        ingestor.freezeInTransaction(ends, random);
        broker.kill();
        ingestor.jvm().thaw();
        broker.awaitAwayFor(away);
        long begun = broker.begin();
        times.add(reader.awaitAfter(RELAY, traffic.last(RELAY)) - begun);
        assertThat(ingestor.jvm().isAlive())
            .as("a broker that is away is no hang, seed %d", seed)
            .isTrue();
      }
      traffic.end();
      reader.awaitAfter(RELAY, traffic.last(RELAY) - 1);
      System.out.printf(
          "%d frames, broker killed in a transaction and away for %d s (seed %d)%n"
              + "  from its start to the first new frame: %s%n",
          reader.count(), away.toSeconds(), seed, times);
      assertThat(reader.compare(RELAY, traffic.last(RELAY)))
          .as("seed %d", seed)
          .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
    }
  }
}
