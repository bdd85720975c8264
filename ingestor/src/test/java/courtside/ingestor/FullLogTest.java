package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import courtside.ingestor.process.CommittedReader;
import courtside.ingestor.process.IngestorProcess;
import courtside.ingestor.process.Traffic;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.process.BrokerProcess;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker whose disk is full: a file system of its own, in memory, for which one has to be root on
 * Linux, and a file beside the log that takes the room. Printed is the time from the start of the
 * broker with room again to the first new frame.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class FullLogTest {
  private static final String RELAY = "simulated";
  private static final int SIZE = 64 << 20;
  private static final int ROOM = 256 << 10;
  private static final String USABLE = "courtside_ingestor_broker_disk_usable_share";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final long seed = Long.getLong("courtside.seed", System.nanoTime());

  @TempDir Path directory;
  private Path disk;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(directory.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "tmpfs", disk.toString()),
        "no file system can be mounted here, for which one has to be root: a full disk was not"
            + " tried");
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", disk.toString());
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      return process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      // There is no such command: that is the answer.
      return false;
    }
  }

  @Test
  void stopsNothingThatIsWrittenAndGoesOnWhenThereIsRoom() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(disk);
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Traffic traffic = Traffic.start(RELAY, frames, List.of(), seed);
        CommittedReader reader = CommittedReader.start(broker.bootstrap(), traffic);
        IngestorProcess ingestor =
            IngestorProcess.start(
                directory.resolve("ingestor"),
                broker.bootstrap(),
                RELAY + "=" + relay.uri(),
                "oldest-if-new");
        FaultTable table = new FaultTable("kafka-full")) {
      reader.awaitAfter(RELAY, 0);
      long dialled = relay.ledger().opened();
      assertThat(ingestor.said()).noneMatch(FullLogTest::saysThatItIsNearlyFull);
      // Eleven in a hundred are left.
      Path early = fill("early", SIZE / 100 * 11);
      long filled = System.nanoTime();
      await().atMost(LIMIT).until(() -> isSaidToBeNearlyFull(ingestor));
      long toAlarm = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - filled);
      assertThat(broker.awaitEnd(Duration.ZERO)).as("the broker has ended").isFalse();
      // It goes on meanwhile.
      long last = traffic.last(RELAY);
      reader.awaitAfter(RELAY, last);
      assertThat(ingestor.metric(USABLE)).isBetween(0.0, 0.15);
      table.add(
          "disk filled to 89 %",
          1,
          toAlarm,
          reader.compare(RELAY, last).lost().size(),
          0,
          "not ready, frames go on; ms to the alarm");
      Path ballast = fill("ballast", 2 * ROOM);
      assertThat(broker.awaitEnd(LIMIT)).as("the broker ends where its disk is full").isTrue();
      ingestor.awaitState("blocked");
      Files.delete(ballast);
      Files.delete(early);
      long from = broker.begin();
      long millis =
          TimeUnit.NANOSECONDS.toMillis(reader.awaitAfter(RELAY, traffic.last(RELAY)) - from);
      await().atMost(LIMIT).until(() -> !isSaidToBeNearlyFull(ingestor));
      ingestor.awaitState("reading");
      LoggedFrames logged = reader.compare(RELAY, traffic.last(RELAY));
      long dials = relay.ledger().opened() - dialled;
      table.add(
          "disk full, broker ended",
          1,
          millis,
          logged.lost().size(),
          logged.doubled().size(),
          "[blocked], " + dials + " dials");
      assertThat(logged)
          .as("seed %d", seed)
          .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
      assertThat(dials).as("seed %d", seed).isLessThanOrEqualTo(5);
      traffic.end();
    }
  }

  private static boolean isSaidToBeNearlyFull(IngestorProcess ingestor)
      throws InterruptedException {
    return ingestor.said().stream().anyMatch(FullLogTest::saysThatItIsNearlyFull);
  }

  private static boolean saysThatItIsNearlyFull(String line) {
    return line.contains("a broker's disk has");
  }

  /** Leaves that much room. */
  private Path fill(String name, long left) throws IOException {
    Path ballast = disk.resolve(name);
    byte[] piece = new byte[ROOM];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (disk.toFile().getUsableSpace() > left) {
        out.write(piece);
      }
    }
    return ballast;
  }
}
