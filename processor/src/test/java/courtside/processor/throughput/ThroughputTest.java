package courtside.processor.throughput;

import static org.awaitility.Awaitility.await;

import courtside.broker.EmbeddedBroker;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.processor.Recordings;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.process.ChildJvm;
import courtside.testkit.process.LogEnds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast the stages are: from frames of the network's mix to the shipped feed, and from {@code
 * posts} to a new one, beside applications that do next to nothing with the same; with records
 * written once and at least once; by one processor and by two. Each is a process of its own, and
 * they have a broker and its log in turns, begun with an empty log behind it. What is printed is of
 * the second half, or what is behind {@code courtside.warm} percent, when compilers have done their
 * work, and of some rounds the best: what else a machine does can only make it worse. System
 * properties: {@code courtside.frames}, {@code courtside.posts}, {@code courtside.rounds}; with
 * {@code courtside.profile} each leaves a recording of the flight recorder in {@code target}. No
 * speed is a matter of the test.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
final class ThroughputTest {
  private static final int FRAMES = Integer.getInteger("courtside.frames", 5_000);
  private static final int POSTS = Integer.getInteger("courtside.posts", 10_000);
  private static final int ROUNDS = Integer.getInteger("courtside.rounds", 1);
  private static final boolean PROFILE = Boolean.getBoolean("courtside.profile");
  private static final long SEED = 11;
  private static final double WARM = Integer.getInteger("courtside.warm", 50) / 100.0;
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** Optimised as in production, which short-lived processes of tests are not. */
  private static final List<String> OPTIONS = List.of("-XX:TieredStopAtLevel=4", "-Xmx512m");

  private final List<ChildJvm> running = new ArrayList<>();
  private final Map<String, Rate> best = new HashMap<>();
  private int runs;

  @TempDir Path directory;
  private EmbeddedBroker broker;
  private KafkaAddress kafka;
  private Groups groups;
  private LogEnds posts;

  /**
   * How fast something was.
   *
   * @param perSecond records
   * @param cpuMicros of the processes, for each record
   */
  private record Rate(double perSecond, double cpuMicros) {
    Rate better(Rate other) {
      return other.perSecond > perSecond ? other : this;
    }
  }

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
    kafka = new KafkaAddress(broker.bootstrap());
    groups = new Groups(kafka);
    posts = new LogEnds(kafka.bootstrap(), Topics.POSTS);
    makeTopics();
  }

  @AfterEach
  void stop() throws Exception {
    end();
    posts.close();
    groups.close();
    broker.close();
  }

  private void makeTopics() throws InterruptedException {
    try (Admin admin = Admin.create(kafka.client())) {
      new TopicContract(admin, DiskBudget.DEFAULT).enforce(Topics.ALL);
    }
  }

  @Test
  void ofTheStagesIsPrinted() throws Exception {
    Map<TopicPartition, Long> frames;
    Map<TopicPartition, Long> events;
    try (Backlog backlog = new Backlog(kafka)) {
      frames = backlog.frames(SEED, FRAMES);
      printFrames("the network's mix", backlog);
      for (int round = 0; round < ROUNDS; round++) {
        note("numbers", ofFrames(Work.NUMBERS, 1, frames));
        note("at least once", ofFrames(Work.PIPELINE_AT_LEAST_ONCE, 1, frames));
        note("two", ofFrames(Work.PIPELINE, 2, frames));
        note("once", ofFrames(Work.PIPELINE, 1, frames));
      }
      List<PostEvent.OfPost> extracted = extracted();
      renew(Topics.POSTS, Topics.FEED_ITEMS, Topics.FEED_STATUS);
      events = backlog.posts(SEED, extracted, POSTS);
    }
    for (int round = 0; round < ROUNDS; round++) {
      note("nothing", ofPosts(Work.NOTHING, events));
      note("unmatched", ofPosts(Work.UNMATCHED, events));
      note("replay", ofPosts(Work.REPLAY, events));
    }
    print("frames", "once", "to the feed", "numbers", "sequence numbers alone");
    print("frames", "once", "written once", "at least once", "at least once");
    print("frames", "two", "two processors", "once", "one");
    print("posts", "replay", "replayed", "unmatched", "matched with nothing");
    print("posts", "replay", "replayed", "nothing", "not even looked at");
  }

  /** Of a server of a few people who test: its frames are smaller, and more of them are posts. */
  @Test
  @EnabledIfSystemProperty(
      named = "courtside.rounds",
      matches = "[0-9]+",
      disabledReason = "measured by hand, with -Dcourtside.rounds=3; the network's mix always is")
  void ofTheRecordingIsPrinted() throws Exception {
    Recordings.assumeHere();
    Map<TopicPartition, Long> frames;
    try (Backlog backlog = new Backlog(kafka)) {
      frames = backlog.recorded(Recordings.frames().frames(), FRAMES);
      printFrames("a recording", backlog);
    }
    for (int round = 0; round < ROUNDS; round++) {
      note("numbers", ofFrames(Work.NUMBERS, 1, frames));
      note("once", ofFrames(Work.PIPELINE, 1, frames));
    }
    print("frames", "once", "to the feed", "numbers", "sequence numbers alone");
  }

  private static void printFrames(String source, Backlog backlog) {
    System.out.printf(
        Locale.ROOT,
        "%,d frames of %s, %,d bytes each%n",
        FRAMES,
        source,
        backlog.bytes() / FRAMES);
  }

  /** Nothing is said of what was over before it could be measured, as few records are. */
  private void note(String what, Optional<Rate> measured) {
    if (measured.isEmpty()) {
      System.out.printf("  %s: too few to tell%n", what);
      return;
    }
    Rate rate = measured.get();
    System.out.printf(
        Locale.ROOT,
        "  %s: %,.0f a second, %.1f us of CPU each%n",
        what,
        rate.perSecond(),
        rate.cpuMicros());
    best.merge(what, rate, Rate::better);
  }

  private void print(String unit, String what, String said, String beside, String saidBeside) {
    Rate one = best.get(what);
    Rate other = best.get(beside);
    if (one != null && other != null) {
      System.out.printf(
          Locale.ROOT,
          "%s a second: %s %,.0f, %s %,.0f: %.2f%n",
          unit,
          said,
          one.perSecond(),
          saidBeside,
          other.perSecond(),
          one.perSecond() / other.perSecond());
    }
  }

  private Optional<Rate> ofFrames(Work work, int processors, Map<TopicPartition, Long> frames)
      throws Exception {
    renew(Topics.POSTS, Topics.FEED_ITEMS, Topics.FEED_STATUS);
    String run = begin(work, processors);
    String group = work.group(run);
    Groups.Moment began = groups.awaitShare(group, frames, WARM, running);
    if (processors > 1) {
      groups.awaitHalves(group, processors, Topics.FRAMES.partitions(), running);
      groups.awaitHalves(Work.feeds(run), processors, Topics.POSTS.partitions(), running);
      began = groups.awaitShare(group, frames, WARM, running);
    }
    long cpu = cpu();
    Groups.Moment ended = groups.awaitShare(group, frames, 1, running);
    if (work != Work.NUMBERS) {
      ended = groups.awaitShare(Work.feeds(run), written(work), 1, running);
    }
    return rate(FRAMES, began, ended, cpu() - cpu);
  }

  private Optional<Rate> ofPosts(Work work, Map<TopicPartition, Long> events) throws Exception {
    String run = begin(work, 1);
    Groups.Moment began = groups.awaitShare(work.group(run), events, WARM, running);
    long cpu = cpu();
    Groups.Moment ended = groups.awaitShare(work.group(run), events, 1, running);
    return rate(POSTS, began, ended, cpu() - cpu);
  }

  private Optional<Rate> rate(int records, Groups.Moment began, Groups.Moment ended, long cpuNanos)
      throws IOException, InterruptedException {
    end();
    double measured = records * (1 - began.share());
    return measured > 0
        ? Optional.of(
            new Rate(measured / ((ended.nanos() - began.nanos()) / 1e9), cpuNanos / 1e3 / measured))
        : Optional.empty();
  }

  private String begin(Work work, int processors) throws Exception {
    String run = "run" + runs++;
    for (int i = 0; i < processors; i++) {
      String instance = run + "-" + i;
      List<String> options = new ArrayList<>(OPTIONS);
      if (PROFILE) {
        options.add("-XX:StartFlightRecording=filename=target/" + work + "-" + i + ".jfr");
      }
      running.add(
          ChildJvm.start(
              MeasuredMain.class.getName(),
              options,
              List.of(
                  work.name(),
                  kafka.bootstrap(),
                  directory.resolve(instance).toString(),
                  run,
                  instance,
                  feed(work).toString()),
              Map.of(),
              directory.resolve(instance + ".out")));
    }
    return run;
  }

  private Path feed(Work work) throws IOException {
    if (work != Work.UNMATCHED) {
      return Path.of(System.getProperty("courtside.root"), "feeds", "nba-now.yaml");
    }
    return Files.writeString(
        directory.resolve("nobody.yaml"),
        "feed: nobody%nname: Nobody%ninclude-authors: [did:web:nobody.invalid]%n".formatted());
  }

  private void end() throws IOException, InterruptedException {
    for (ChildJvm jvm : running) {
      if (PROFILE) {
        // A recording is written at the end of its process.
        jvm.terminate();
        var _ = jvm.awaitEnd(LIMIT);
      }
      jvm.close();
    }
    running.clear();
  }

  private long cpu() {
    return running.stream().mapToLong(jvm -> jvm.cpu().toNanos()).sum();
  }

  /** Where the events end in {@code posts}: behind the last of a transaction is its marker. */
  private Map<TopicPartition, Long> written(Work work) throws InterruptedException {
    Map<TopicPartition, Long> ends = new HashMap<>(posts.written());
    if (work != Work.PIPELINE_AT_LEAST_ONCE) {
      ends.replaceAll((_, end) -> Math.max(0, end - 1));
    }
    return ends;
  }

  private List<PostEvent.OfPost> extracted() {
    List<PostEvent.OfPost> found = new ArrayList<>();
    try (CommittedRecords records = new CommittedRecords(kafka.bootstrap())) {
      records.read(
          Topics.POSTS.name(),
          Topics.POSTS.partitions(),
          record -> {
            if (PostEvent.FORMAT.decode(record.value()) instanceof PostEvent.OfPost post) {
              found.add(post);
            }
          });
    }
    return found;
  }

  /** Deletes topics and makes them again, with nothing in them. */
  private void renew(Topic... topics) throws Exception {
    List<String> names = Arrays.stream(topics).map(Topic::name).toList();
    groups.admin().deleteTopics(names).all().get();
    await()
        .atMost(LIMIT)
        .until(() -> groups.admin().listTopics().names().get().stream().noneMatch(names::contains));
    makeTopics();
  }
}
