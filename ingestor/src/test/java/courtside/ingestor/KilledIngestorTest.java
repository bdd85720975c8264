package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.topic.Topics;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An ingestor in a process of its own, killed again and again while frames come. Before each start
 * the relay has part of a backlog; the rest comes while the process is killed, so that every kill
 * falls into the middle of something. The number of kills and the seed are the system properties
 * {@code courtside.kills} and {@code courtside.seed}.
 */
@Timeout(600)
final class KilledIngestorTest {
  private static final int FRAMES = Topics.FRAMES.partitions();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void everyFrameIsInTheLogExactlyOnceAfterKillsInTheMiddle() throws Exception {
    int kills = Integer.getInteger("courtside.kills", 10);
    long seed = Long.getLong("courtside.seed", System.nanoTime());
    Random random = new Random(seed);
    List<RecordedFrame> recording = Recordings.longest().frames();
    int share = recording.size() / (kills + 1);
    int unread = 0;
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        CommittedRecords records = new CommittedRecords(broker.bootstrap());
        FrameLog frames = FrameLog.open(directory.resolve("relay"));
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames)) {
      for (int kill = 0; kill < kills; kill++) {
        List<RecordedFrame> part = recording.subList(kill * share, (kill + 1) * share);
        int backlog = random.nextInt(part.size() / 2);
        append(frames, part.subList(0, backlog + 1));
        long before = committedFrames(records);
        Process ingestor = start(broker, relay);
        try (Feeding feeding = new Feeding(frames, part.subList(backlog + 1, part.size()))) {
          awaitMoreThan(before, records, ingestor);
          feeding.begin();
          // A moment of any length up to several transactions: it is no wait for anything.
          ingestor.waitFor(random.nextInt(250), TimeUnit.MILLISECONDS);
          assertThat(ingestor.isAlive()).as("alive before the kill, seed %d", seed).isTrue();
          ingestor.destroyForcibly().waitFor();
          unread += feeding.left();
        } finally {
          ingestor.destroyForcibly().waitFor();
        }
      }
      append(frames, recording.subList(kills * share, recording.size()));
      Process last = start(broker, relay);
      try {
        await()
            .atMost(LIMIT)
            .until(
                () -> LoggedFrames.compare(records, recording).lost().isEmpty() || !last.isAlive());
      } finally {
        last.destroyForcibly().waitFor();
      }
      assertThat(unread).as("frames that were still to come at kills, seed %d", seed).isPositive();
      assertThat(LoggedFrames.compare(records, recording))
          .as("%d kills, seed %d", kills, seed)
          .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
      assertThat(relay.ledger().maxOpen()).as("connections at once, seed %d", seed).isEqualTo(1);
    }
    System.out.printf(
        "%d frames, killed %d times in the middle (seed %d): lost 0, doubled 0%n",
        recording.size(), kills, seed);
  }

  private static void append(FrameLog frames, List<RecordedFrame> part) throws IOException {
    for (RecordedFrame frame : part) {
      frames.append(frame.seq(), frame.bytes().toArray());
    }
  }

  private static long committedFrames(CommittedRecords records) {
    return records.readAll(Topics.FRAMES.name(), FRAMES).size();
  }

  /** Frames that come one by one on a thread of their own. */
  private static final class Feeding implements AutoCloseable {
    private final Thread thread;
    private final AtomicInteger left;
    private volatile @Nullable Exception failure;

    Feeding(FrameLog frames, List<RecordedFrame> part) {
      left = new AtomicInteger(part.size());
      thread =
          Thread.ofVirtual()
              .unstarted(() -> {
                try {
                  for (RecordedFrame frame : part) {
                    frames.append(frame.seq(), frame.bytes().toArray());
                    left.decrementAndGet();
                    LockSupport.parkNanos(300_000);
                  }
                } catch (IOException e) {
                  failure = e;
                }
              });
    }

    void begin() {
      thread.start();
    }

    /** How many have not come yet. */
    int left() {
      return left.get();
    }

    @Override
    public void close() throws Exception {
      if (thread.getState() == Thread.State.NEW) {
        return;
      }
      thread.join();
      if (failure != null) {
        throw failure;
      }
    }
  }

  private static void awaitMoreThan(long before, CommittedRecords records, Process ingestor) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          assertThat(ingestor.isAlive()).isTrue();
          return committedFrames(records) > before;
        });
  }

  private Process start(EmbeddedBroker broker, Relay relay) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile"),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName());
    builder.environment().keySet().removeIf(name -> name.startsWith("COURTSIDE_"));
    builder
        .environment()
        .putAll(
            Map.of(
                "COURTSIDE_KAFKA",
                broker.bootstrap(),
                "COURTSIDE_DATA",
                directory.resolve("data").toString(),
                "COURTSIDE_DISK",
                "1GB",
                "COURTSIDE_INGESTOR_RELAY",
                "recording=" + relay.uri(),
                "COURTSIDE_INGESTOR_START",
                "oldest-if-new",
                "COURTSIDE_INGESTOR_HEALTH_PORT",
                "0"));
    return builder.redirectErrorStream(true).inheritIO().start();
  }
}
