package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.topic.Topics;
import courtside.ingestor.process.ArrivalTimes;
import courtside.ingestor.process.IngestorProcess;
import courtside.testkit.accounts.Emission;
import courtside.testkit.process.ChildJvm;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What transactions cost: the ingestor, an idempotent producer without transactions, and a reader
 * that writes nothing, each in a process of its own, one after the other, against the same relay
 * and the same broker. Frames in each of five rounds: the system property {@code courtside.frames},
 * a multiple of 1,000. Ratios are printed, and no matter of the test.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
final class CostTest {
  private static final int FRAMES = Integer.getInteger("courtside.frames", 2_000);
  private static final int BACKLOGS = 3;
  private static final long FIRST_PACED = (1L + BACKLOGS) * FRAMES;
  private static final int ACCOUNTS = 50;
  private static final long SEED = 7;
  private static final int PER_SECOND = 2_000;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String PLAIN_TOPIC = "plain";

  /** Optimised as in production, which short-lived processes of tests are not. */
  private static final List<String> OPTIONS = List.of("-XX:TieredStopAtLevel=4", "-Xmx512m");

  @TempDir Path directory;

  /** One of the three, and how many frames it has had. */
  private interface Subject extends AutoCloseable {
    ChildJvm jvm();

    /** When each frame could be read; empty where none can. */
    Optional<ArrivalTimes> arrivals();

    long had() throws IOException;

    @Override
    void close() throws InterruptedException;
  }

  /**
   * What one did.
   *
   * @param perSecond frames of a backlog
   * @param cpuNanos of the process, for a frame of the backlog
   * @param medianNanos from the relay's showing a frame to a committed reader's having it
   */
  private record Cost(double perSecond, double cpuNanos, Optional<Long> medianNanos) {}

  @Test
  void ofTransactionsIsPrinted() throws Exception {
    // Of the length that the network's frames have in the mean.
    List<Emission> emissions = new OldAccounts(SEED).commits(ACCOUNTS, FRAMES / ACCOUNTS);
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
        admin
            .createTopics(
                List.of(
                    new NewTopic(PLAIN_TOPIC, Topics.FRAMES.partitions(), (short) 1)
                        .configs(Map.of("max.message.bytes", Integer.toString(6 << 20)))))
            .all()
            .get();
      }
      Cost none = measure("null", emissions, relay -> plain("null", relay, List.of()));
      Cost idempotent =
          measure(
              "idempotent",
              emissions,
              relay -> {
                ArrivalTimes times = ArrivalTimes.start(broker.bootstrap(), PLAIN_TOPIC);
                return reading(
                    plain("idempotent", relay, List.of(broker.bootstrap(), PLAIN_TOPIC)), times);
              });
      Cost ingestor = measure("ingestor", emissions, relay -> ingestor(broker, relay));
      print(none, idempotent, ingestor);
    }
  }

  private static void print(Cost none, Cost idempotent, Cost ingestor) {
    System.out.printf(
        Locale.ROOT,
        "%d frames a round%n"
            + "  frames a second: null reader %.0f, idempotent %.0f, ingestor %.0f: %.2f of"
            + " idempotent%n"
            + "  CPU for a frame: null reader %.0f us, idempotent %.0f us, ingestor %.0f us: %.1f"
            + " times the null reader%n"
            + "  relay to committed reader at %d a second, p50: idempotent %.1f ms, ingestor %.1f"
            + " ms: %.1f times%n",
        FRAMES,
        none.perSecond(),
        idempotent.perSecond(),
        ingestor.perSecond(),
        ingestor.perSecond() / idempotent.perSecond(),
        none.cpuNanos() / 1e3,
        idempotent.cpuNanos() / 1e3,
        ingestor.cpuNanos() / 1e3,
        ingestor.cpuNanos() / none.cpuNanos(),
        PER_SECOND,
        idempotent.medianNanos().orElseThrow() / 1e6,
        ingestor.medianNanos().orElseThrow() / 1e6,
        (double) ingestor.medianNanos().orElseThrow() / idempotent.medianNanos().orElseThrow());
  }

  /** Makes one that reads this relay from its oldest frame. */
  private interface Maker {
    Subject make(Relay relay) throws Exception;
  }

  private Cost measure(String name, List<Emission> emissions, Maker maker) throws Exception {
    try (FrameLog frames = FrameLog.open(directory.resolve("relay-" + name), 4_000_000_000L);
        Relay relay = Relay.start(RelaySettings.DEFAULT, frames);
        Subject subject = maker.make(relay)) {
      // A first round for compilers and caches.
      append(frames, emissions, 1);
      awaitHad(subject, FRAMES);
      // What else the machine does can only make it worse: the best of some backlogs counts.
      long nanos = Long.MAX_VALUE;
      long cpu = Long.MAX_VALUE;
      for (long had = FRAMES; had < FIRST_PACED; had += FRAMES) {
        // It is there before any of it is read.
        subject.jvm().freeze();
        append(frames, emissions, had + 1);
        Duration cpuBefore = subject.jvm().cpu();
        long began = System.nanoTime();
        subject.jvm().thaw();
        awaitHad(subject, had + FRAMES);
        nanos = Math.min(nanos, System.nanoTime() - began);
        cpu = Math.min(cpu, subject.jvm().cpu().minus(cpuBefore).toNanos());
      }
      Optional<Long> median = Optional.empty();
      if (subject.arrivals().isPresent()) {
        long[] shown = pace(frames, emissions, FIRST_PACED + 1);
        awaitHad(subject, FIRST_PACED + FRAMES);
        median = Optional.of(median(shown, subject.arrivals().get()));
      }
      assertThat(relay.ledger().maxOpen()).isOne();
      return new Cost(FRAMES / (nanos / 1e9), (double) cpu / FRAMES, median);
    }
  }

  private static void append(FrameLog frames, List<Emission> emissions, long first)
      throws IOException {
    for (int i = 0; i < FRAMES; i++) {
      frames.append(first + i, emissions.get(i).frame(first + i));
    }
  }

  /** Shows so many a second; says when each was shown. */
  private static long[] pace(FrameLog frames, List<Emission> emissions, long first)
      throws IOException {
    long[] shown = new long[FRAMES];
    long began = System.nanoTime();
    for (int i = 0; i < FRAMES; i++) {
      byte[] frame = emissions.get(i).frame(first + i);
      long due = began + i * (TimeUnit.SECONDS.toNanos(1) / PER_SECOND);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      shown[i] = System.nanoTime();
      frames.append(first + i, frame);
    }
    return shown;
  }

  private static long median(long[] shown, ArrivalTimes arrivals) {
    long[] latencies = new long[FRAMES];
    for (int i = 0; i < FRAMES; i++) {
      latencies[i] = arrivals.of(FIRST_PACED + i) - shown[i];
    }
    Arrays.sort(latencies);
    return latencies[FRAMES / 2];
  }

  private static void awaitHad(Subject subject, long frames) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> {
          assertThat(subject.jvm().isAlive()).isTrue();
          return subject.had() >= frames;
        });
  }

  private Subject plain(String name, Relay relay, List<String> kafka) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of(relay.uri() + "/xrpc/com.atproto.sync.subscribeRepos?cursor=0"));
    arguments.addAll(kafka);
    ChildJvm jvm =
        ChildJvm.start(
            "courtside.ingestor.process.PlainMain",
            OPTIONS,
            arguments,
            Map.of(),
            directory.resolve(name + ".out"));
    return new Subject() {
      @Override
      public ChildJvm jvm() {
        return jvm;
      }

      @Override
      public Optional<ArrivalTimes> arrivals() {
        return Optional.empty();
      }

      @Override
      public long had() throws IOException {
        return 1_000 * jvm.linesWith("had ");
      }

      @Override
      public void close() throws InterruptedException {
        jvm.close();
      }
    };
  }

  /** The same, of which is had what can be read. */
  private static Subject reading(Subject subject, ArrivalTimes times) {
    return new Subject() {
      @Override
      public ChildJvm jvm() {
        return subject.jvm();
      }

      @Override
      public Optional<ArrivalTimes> arrivals() {
        return Optional.of(times);
      }

      @Override
      public long had() {
        return times.count();
      }

      @Override
      public void close() throws InterruptedException {
        subject.close();
        times.close();
      }
    };
  }

  private Subject ingestor(EmbeddedBroker broker, Relay relay) throws IOException {
    IngestorProcess process =
        IngestorProcess.start(
            Main.class.getName(),
            OPTIONS,
            directory.resolve("ingestor"),
            broker.bootstrap(),
            "measured=" + relay.uri(),
            "oldest-if-new");
    ArrivalTimes times = ArrivalTimes.start(broker.bootstrap(), Topics.FRAMES.name());
    Subject written =
        new Subject() {
          @Override
          public ChildJvm jvm() {
            return process.jvm();
          }

          @Override
          public Optional<ArrivalTimes> arrivals() {
            return Optional.empty();
          }

          @Override
          public long had() {
            return times.count();
          }

          @Override
          public void close() throws InterruptedException {
            process.close();
          }
        };
    return reading(written, times);
  }
}
