package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.Bytes;
import courtside.broker.EmbeddedBroker;
import courtside.ingestor.process.CommittedReader;
import courtside.ingestor.process.IngestorProcess;
import courtside.ingestor.process.Traffic;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Injection;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import courtside.testkit.relay.fault.Cue;
import courtside.testkit.relay.fault.Fault;
import courtside.testkit.relay.fault.Malformed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An ingestor in a process of its own, with 128 MB of heap, which ends at the first allocation that
 * fails; and a relay that sends all that may make one fail.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class BombedIngestorTest {
  private static final String RELAY = "bombing";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** No number of a frame that the relay has. */
  private static final long BEYOND = 9_000_000;

  @TempDir Path directory;

  private static Map<String, Fault> bombs() {
    Map<String, Fault> bombs = new LinkedHashMap<>();
    bombs.put("a frame of 2 GiB", new Fault.DeclaresLength((1L << 31) - 16));
    bombs.put("a frame of 2^63 - 1 bytes", new Fault.DeclaresLength(Long.MAX_VALUE));
    bombs.put("a frame of 2^64 - 1 bytes", new Fault.DeclaresLength(-1));
    bombs.put(
        "empty fragments without end", new Fault.FloodsFragments(Fault.FloodsFragments.ENDLESS, 0));
    bombs.put(
        "fragments of 64 KiB without end",
        new Fault.FloodsFragments(Fault.FloodsFragments.ENDLESS, 64 << 10));
    bombs.put(
        "fragments of 5 MB without end",
        new Fault.FloodsFragments(Fault.FloodsFragments.ENDLESS, 5_000_000));
    bombs.put("64 MiB, deflated", new Fault.Compressed(Bytes.of(new byte[64 << 20])));
    bombs.put("headers without end", new Fault.EndlessHeaders(Duration.ZERO));
    for (Malformed malformed : Malformed.values()) {
      if (malformed.name().matches("DEEP_.*|ARRAY_OF_.*|MAP_OF_.*")) {
        bombs.put(malformed.name(), malformed.fault(BEYOND));
      }
    }
    return bombs;
  }

  @Test
  void livesOnAndLosesNothing() throws Exception {
    long seed = Long.getLong("courtside.seed", System.nanoTime());
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Traffic traffic = Traffic.start(RELAY, frames, List.of(), seed);
        CommittedReader reader = CommittedReader.start(broker.bootstrap(), traffic);
        IngestorProcess ingestor =
            IngestorProcess.start(
                Main.class.getName(),
                List.of("-Xmx128m", "-XX:+ExitOnOutOfMemoryError"),
                directory.resolve("ingestor"),
                broker.bootstrap(),
                RELAY + "=" + relay.uri(),
                "oldest-if-new")) {
      reader.awaitAfter(RELAY, 0);
      List<String> survived = new ArrayList<>();
      for (Map.Entry<String, Fault> bomb : bombs().entrySet()) {
        await().atMost(LIMIT).until(() -> relay.ledger().open() == 1);
        boolean handshake = bomb.getValue() instanceof Fault.AtHandshake;
        Injection injection =
            relay.inject(bomb.getValue(), handshake ? Cue.nextConnection() : Cue.afterFrames(5));
        if (handshake) {
          relay.dropConnections();
        }
        assertThat(injection.awaitFired(1, LIMIT)).as(bomb.getKey()).isTrue();
        reader.awaitAfter(RELAY, traffic.last(RELAY));
        injection.cancel();
        assertThat(ingestor.jvm().isAlive()).as("alive after %s", bomb.getKey()).isTrue();
        survived.add(bomb.getKey());
      }
      traffic.end();
      reader.awaitAfter(RELAY, traffic.last(RELAY) - 1);
      System.out.printf(
          "%d frames with 128 MB of heap (seed %d), through: %s%n",
          reader.count(), seed, String.join("; ", survived));
      assertThat(reader.compare(RELAY, traffic.last(RELAY)))
          .as("seed %d", seed)
          .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
    }
  }
}
