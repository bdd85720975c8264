package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.ingestor.process.CommittedReader;
import courtside.ingestor.process.IngestorProcess;
import courtside.ingestor.process.Traffic;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An ingestor that was assigned the cursors and is frozen before it has fenced anybody. Another
 * takes over; the frozen one, woken, still believes that it is the owner.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class FrozenBeforeFencingTest {
  private static final String RELAY = "simulated";

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void itDoesNotTakeBackWhatAnotherHasNow(HangingMain.Place place) throws Exception {
    long seed = Long.getLong("courtside.seed", System.nanoTime());
    Path signs = Files.createDirectory(directory.resolve("signs"));
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Traffic traffic = Traffic.start(RELAY, frames, List.of(), seed);
        CommittedReader reader = CommittedReader.start(broker.bootstrap(), traffic)) {
      String relays = RELAY + "=" + relay.uri();
      try (IngestorProcess hanging =
          IngestorProcess.start(
              HangingMain.class.getName(),
              List.of("-Dcourtside.hang.place=" + place, "-Dcourtside.hang.directory=" + signs),
              directory.resolve("one"),
              broker.bootstrap(),
              relays,
              "oldest-if-new")) {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> Files.exists(signs.resolve(HangingMain.REACHED)));
        hanging.jvm().freeze();
        long frozen = System.nanoTime();
        try (IngestorProcess other =
            IngestorProcess.start(
                directory.resolve("two"), broker.bootstrap(), relays, "oldest-if-new")) {
          long took = reader.awaitAfter(RELAY, 0) - frozen;
          other.awaitState("reading");
          // when
          Files.createFile(signs.resolve(HangingMain.GO_ON));
          hanging.jvm().thaw();
          // then
          hanging.awaitState("standby");
          reader.awaitAfter(RELAY, traffic.last(RELAY));
          other.awaitState("reading");
          traffic.end();
          reader.awaitAfter(RELAY, traffic.last(RELAY) - 1);
          System.out.printf(
              "frozen %s, replaced after %d ms by one that began then; woken, it began to write %d"
                  + " times, the other %d times (seed %d)%n",
              place,
              TimeUnit.NANOSECONDS.toMillis(took),
              hanging.activations(),
              other.activations(),
              seed);
          assertThat(hanging.activations()).as("of the woken one, seed %d", seed).isZero();
          // What is confirmed just before a freeze is the one thing that nobody can know to be old:
          // the other is fenced once, and has it back.
          assertThat(other.activations())
              .as("of the other, seed %d", seed)
              .isEqualTo(place == HangingMain.Place.BEFORE_CONFIRMATION ? 1 : 2);
        }
      }
      assertThat(reader.compare(RELAY, traffic.last(RELAY)))
          .as("seed %d", seed)
          .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
      assertThat(relay.ledger().maxOpen()).as("connections at once, seed %d", seed).isOne();
    }
  }
}
