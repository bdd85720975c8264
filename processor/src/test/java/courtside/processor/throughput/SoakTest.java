package courtside.processor.throughput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.processor.Main;
import courtside.processor.extract.ExtractTopology;
import courtside.processor.process.PacedFrames;
import courtside.processor.process.ProcessorProcess;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.frames.Mix;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.process.BrokerProcess;
import courtside.testkit.process.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processors of their own under frames of the network's mix, for long enough that what they
 * keep is forgotten eight times over. The length is the system property {@code courtside.minutes}.
 * Times of the keeping are scaled to it: they are what decides how much there is to keep.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
final class SoakTest {
  private static final int MINUTES = Integer.getInteger("courtside.minutes", 1);
  private static final Duration LENGTH = Duration.ofMinutes(MINUTES);
  private static final Duration KEPT = LENGTH.dividedBy(8);
  private static final int PER_SECOND = Integer.getInteger("courtside.pace", 1_000);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int ACCOUNTS = 2_000;
  private static final long SEED = 3;

  /** What buffers may hold at any moment, in memory or on the disk: the budget of both. */
  private static final long SLACK = 2 * 32_000_000;

  private final List<ChildJvm> running = new ArrayList<>();
  private final List<ProcessorProcess> processors = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();

  @TempDir Path directory;
  private BrokerProcess broker;
  private KafkaAddress kafka;
  private Groups groups;
  private PacedFrames frames;

  /**
   * What there was at a moment.
   *
   * @param since the start
   * @param state bytes of all stores
   * @param resident bytes of both processes, 0 where the system does not say
   */
  private record Sample(Duration since, long state, long resident) {}

  @BeforeEach
  void start() throws Exception {
    Path feeds = Files.createDirectories(directory.resolve("feeds"));
    Files.writeString(
        feeds.resolve("all.yaml"),
        "feed: all%nname: All%nrule: '*:*'%nkeep: %ds%n".formatted(KEPT.toSeconds()));
    broker = BrokerProcess.start(directory.resolve("kafka"));
    kafka = new KafkaAddress(broker.bootstrap());
    try (Admin admin = Admin.create(kafka.client())) {
      new TopicContract(admin, DiskBudget.DEFAULT).enforce(Topics.ALL);
    }
    groups = new Groups(kafka);
    Mix mix = new Mix(SEED, ACCOUNTS);
    frames =
        PacedFrames.start(
            kafka,
            PER_SECOND,
            (_, now) -> {
              Mix.Frame frame = mix.next(now);
              return new PacedFrames.Frame(frame.did(), frame.bytes());
            });
  }

  @AfterEach
  void stop() throws Exception {
    for (ProcessorProcess processor : processors) {
      processor.close();
    }
    frames.close();
    groups.close();
    broker.close();
  }

  @Test
  void twoShareThePartitionsAndNothingThatTheyKeepGrows() throws Exception {
    begin();
    begin();
    String feeds =
        await().atMost(LIMIT).until(this::feeds, found -> found.size() == 1).iterator().next();
    groups.awaitHalves(ExtractTopology.APPLICATION, 2, Topics.FRAMES.partitions(), running);
    groups.awaitHalves(feeds, 2, Topics.POSTS.partitions(), running);
    long began = System.nanoTime();
    long early = 0;
    Duration since = Duration.ZERO;
    while (since.compareTo(LENGTH) < 0) {
      Duration next = since.plus(PERIOD);
      await().pollDelay(Duration.ZERO).until(() -> System.nanoTime() - began >= next.toNanos());
      since = Duration.ofNanos(System.nanoTime() - began);
      samples.add(new Sample(since, bytes(directory.resolve("data")), resident()));
      if (early == 0 && since.compareTo(KEPT.multipliedBy(2)) >= 0) {
        early = entries(feeds);
      }
    }
    frames.end();
    long late = entries(feeds);
    long stateEarly = most(KEPT.multipliedBy(2), KEPT.multipliedBy(4), Sample::state);
    long stateLate = most(KEPT.multipliedBy(6), KEPT.multipliedBy(9), Sample::state);
    System.out.printf(
        Locale.ROOT,
        "%d minutes at %d frames a second, kept for %d s, %,d frames (seed %d)%n"
            + "  entries of the stores: %,d after two times that, %,d at the end%n"
            + "  bytes of the stores: at most %,d early, %,d late%n"
            + "  resident memory of both: at most %,d early, %,d late%n",
        MINUTES,
        PER_SECOND,
        KEPT.toSeconds(),
        frames.last(),
        SEED,
        early,
        late,
        stateEarly,
        stateLate,
        most(KEPT.multipliedBy(2), KEPT.multipliedBy(4), Sample::resident),
        most(KEPT.multipliedBy(6), KEPT.multipliedBy(9), Sample::resident));
    assertThat(early).isPositive();
    assertThat(late).isLessThan(3 * early / 2);
    assertThat(stateLate).isLessThan(3 * stateEarly / 2 + SLACK);
    groups.awaitHalves(ExtractTopology.APPLICATION, 2, Topics.FRAMES.partitions(), running);
    groups.awaitHalves(feeds, 2, Topics.POSTS.partitions(), running);
  }

  private void begin() throws Exception {
    String seconds = KEPT.toSeconds() + "s";
    ProcessorProcess processor =
        ProcessorProcess.start(
            Main.class.getName(),
            List.of(),
            directory.resolve("data"),
            directory.resolve("processor.out"),
            kafka.bootstrap(),
            Map.of(
                "COURTSIDE_PROCESSOR_FEEDS",
                directory.resolve("feeds").toString(),
                "COURTSIDE_PROCESSOR_REMEMBER",
                seconds,
                "COURTSIDE_PROCESSOR_REMEMBER_INACTIVE",
                seconds,
                "COURTSIDE_PROCESSOR_REMEMBER_DELETED",
                seconds,
                "COURTSIDE_PROCESSOR_CLOCK_SKEW",
                "1s"));
    processors.add(processor);
    running.add(processor.jvm());
    processor.awaitState("processing");
  }

  /** The ids of applications of sets. */
  private Set<String> feeds() throws Exception {
    Set<String> found = new HashSet<>();
    for (GroupListing group : groups.admin().listGroups().all().get()) {
      if (group.groupId().startsWith(Work.feeds(""))) {
        found.add(group.groupId());
      }
    }
    return found;
  }

  /** Entries that the stores of a set have: what its changelog would restore. */
  private long entries(String application) {
    Set<String> keys = new HashSet<>();
    try (CommittedRecords records = new CommittedRecords(kafka.bootstrap())) {
      records.read(
          application + "-entries-changelog",
          Topics.POSTS.partitions(),
          record -> {
            String key = record.partition() + new String(record.key(), StandardCharsets.ISO_8859_1);
            if (record.value() == null) {
              keys.remove(key);
            } else {
              keys.add(key);
            }
          });
    }
    return keys.size();
  }

  private long most(Duration from, Duration to, ToLongFunction<Sample> of) {
    return samples.stream()
        .filter(sample -> sample.since().compareTo(from) >= 0 && sample.since().compareTo(to) < 0)
        .mapToLong(of)
        .max()
        .orElseThrow();
  }

  private long resident() throws IOException {
    long sum = 0;
    for (ChildJvm jvm : running) {
      sum += jvm.resident().orElse(0);
    }
    return sum;
  }

  /** Of all files; one that goes meanwhile has none. */
  private static long bytes(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      return files.mapToLong(SoakTest::size).sum();
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        return 0;
      }
      throw e;
    }
  }

  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
