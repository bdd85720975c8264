package courtside.processor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.history.History;
import courtside.testkit.history.Pace;
import courtside.testkit.history.Step;
import courtside.testkit.process.BrokerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise, with real processes: histories side by side as real frames through one broker, while
 * processors are killed, frozen, added and removed and rules change; now and then, and in the end,
 * everything is let go on, and then every feed holds what a few lines of plain code say, and every
 * event is in {@code posts} once.
 *
 * <p>How many histories and kills, and the seed, are the system properties {@code
 * courtside.histories}, {@code courtside.kills} and {@code courtside.seed}. The histories have that
 * seed and those after it. The same seed gives the same histories, later by the time between two
 * runs, and the same acts; the moments at which these strike are the machine's.
 */
@Timeout(value = 3, unit = TimeUnit.HOURS)
final class ModelTest {
  private static final int HISTORIES = Integer.getInteger("courtside.histories", 20);
  private static final int KILLS = Integer.getInteger("courtside.kills", 4);
  private static final long SEED = Long.getLong("courtside.seed", System.nanoTime());

  /** Sixty days within an hour: what the broker keeps by time is then all there. */
  private static final Duration DAY = Duration.ofMinutes(1);

  /** By how much the ends of histories lie apart, in days. */
  private static final int APART = 10;

  private static final long LONGEST_ACT_MS = 6_000;
  private static final int KILLS_BETWEEN_JUDGEMENTS = 10;
  private static final int EXPLAINED = 3;
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration BETWEEN_TICKS = Duration.ofSeconds(2);

  private final Random random = new Random(SEED);
  private final Pace pace = new Pace(Instant.now().truncatedTo(ChronoUnit.MINUTES), DAY);
  private final List<History> histories =
      LongStream.range(SEED, SEED + HISTORIES).mapToObj(this::history).toList();
  private final Clocks clocks = new Clocks();
  private long compared;
  private int judgements;

  @TempDir Path directory;

  private History history(long seed) {
    Duration earlier = pace.day().multipliedBy(random.nextInt(1_000 * APART)).dividedBy(1_000);
    return History.of(seed, new Pace(pace.end().minus(earlier), DAY));
  }

  @Test
  void feedsConvergeWhateverBecomesOfProcessors() throws Exception {
    System.out.println(parameters());
    List<String> authors =
        histories.stream().flatMap(history -> history.authors().stream()).toList();
    List<Step> steps = History.merged(histories);
    List<Tormentor.Act> acts = Tormentor.acts(KILLS, random);
    try (BrokerProcess broker = BrokerProcess.start(directory.resolve("kafka"))) {
      KafkaAddress kafka = new KafkaAddress(broker.bootstrap());
      try (Admin admin = Admin.create(kafka.client())) {
        new TopicContract(admin, new DiskBudget(20_000_000_000L)).enforce(Topics.ALL);
      }
      RuleChanges changes = new RuleChanges(kafka, authors, pace, random);
      try (Ingest ingest = new Ingest(kafka);
          Committed committed = new Committed(kafka);
          ExecutorService writer = Executors.newSingleThreadExecutor();
          Processors processors =
              new Processors(directory.resolve("processors"), broker.bootstrap(), pace, random)) {
        changes.change();
        processors.add();
        processors.add();
        Tormentor tormentor = new Tormentor(processors, changes);
        long began = System.nanoTime();
        int from = 0;
        int judgedKills = 0;
        for (int i = 0; i < acts.size(); i++) {
          int to = (int) ((long) steps.size() * (i + 1) / acts.size());
          Duration time = Duration.ofMillis(500 + random.nextLong(LONGEST_ACT_MS));
          List<Step> portion = steps.subList(from, Math.max(from, to));
          Future<Integer> writing =
              writer.submit(() -> {
                ingest.write(portion, time);
                return portion.size();
              });
          tormentor.act(acts.get(i));
          from += writing.get();
          if (tormentor.kills() - judgedKills >= KILLS_BETWEEN_JUDGEMENTS || i == acts.size() / 2) {
            judgedKills = tormentor.kills();
            Instant at = steps.get(from - 1).seen();
            // Of two steps at the same moment both have happened.
            int end = from;
            while (end < steps.size() && steps.get(end).seen().equals(at)) {
              end++;
            }
            ingest.write(steps.subList(from, end));
            from = end;
            judge(at, ingest, committed, processors, changes);
            changes.rollBack(committed.catalogue());
          }
        }
        Instant end = pace.end().plus(pace.days(random.nextInt(5)));
        judge(end, ingest, committed, processors, changes);
        System.out.printf(
            "%d histories, %d frames, %d events, %s, %s, judged %d times, %d items compared, %d s%n",
            HISTORIES,
            steps.size(),
            committed.eventCount(),
            tormentor,
            changes,
            judgements,
            compared,
            Duration.ofNanos(System.nanoTime() - began).toSeconds());
        System.out.print(processors.errors());
        assertThat(tormentor.kills()).as("kills").isEqualTo(KILLS);
        assertThat(tormentor.atWork()).as("kills of one at work").isPositive();
        assertThat(from).as("steps written").isEqualTo(steps.size());
        assertThat(compared).as("items compared").isGreaterThan(HISTORIES);
      }
    }
  }

  /** Lets everything go on, and waits until all is as it must be at that moment. */
  private void judge(
      Instant at, Ingest ingest, Committed committed, Processors processors, RuleChanges changes)
      throws Exception {
    processors.letGoOn();
    Judge judge = new Judge(histories, changes, at);
    AtomicReference<Judge.Verdict> last = new AtomicReference<>();
    AtomicReference<Instant> ticked = new AtomicReference<>(Instant.EPOCH);
    long began = System.nanoTime();
    try {
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(500))
          .until(() -> {
            processors.requireAlive();
            // Again and again: a task that was restored knows no time before something comes.
            if (!ticked.get().plus(BETWEEN_TICKS).isAfter(Instant.now())) {
              ingest.write(clocks.tick(at));
              ticked.set(Instant.now());
            }
            committed.read();
            last.set(judge.judge(ingest.written(), committed));
            return last.get().isRight();
          });
    } catch (ConditionTimeoutException e) {
      fail(
          explain(at, last.get(), changes)
              + processors.errors()
              + "all that they said is in "
              + processors.keepOutput(Path.of("target", "model")),
          e);
    }
    judgements++;
    compared += last.get().items();
    System.out.printf(
        "right at %s after %d ms%n", at, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
  }

  private String explain(Instant at, Judge.Verdict verdict, RuleChanges changes) {
    StringBuilder text =
        new StringBuilder("after " + LIMIT + " at " + at + ": " + parameters() + "\n");
    verdict.all().forEach(line -> text.append(line).append('\n'));
    text.append("histories with which something is wrong: ")
        .append(verdict.histories())
        .append("; one by itself: -Dtest=ModelTest -Dcourtside.seed=N -Dcourtside.histories=1\n");
    List<Taste> tastes = verdict.versions().stream().map(changes::taste).toList();
    histories.stream()
        .filter(history -> verdict.histories().contains(history.seed()))
        .limit(EXPLAINED)
        .forEach(history ->
            text.append("without a broker: ")
                .append(alone(history, tastes, at))
                .append('\n')
                .append(history));
    return text.toString();
  }

  /** Whether it is wrong by itself as well: then no process is to blame. */
  private String alone(History history, List<Taste> tastes, Instant at) {
    List<String> wrong = new ArrayList<>();
    try (PipelineDriver driver =
        new PipelineDriver(directory.resolve("alone-" + history.seed()), tastes, history.pace())) {
      history.steps().stream().filter(step -> !step.seen().isAfter(at)).forEach(driver::pipe);
      driver.pipe(clocks.tick(at).getFirst());
      driver.settle();
      for (Taste taste : tastes) {
        Map<String, FeedItem> must = new TreeMap<>(history.expected(taste.wanted(), at));
        Map<String, FeedItem> is = driver.feed(taste.version());
        if (!must.equals(is)) {
          wrong.add(Difference.text(taste.definition().toString(), at, must, is));
        }
      }
    }
    return wrong.isEmpty() ? "right" : String.join("\n", wrong);
  }

  private static String parameters() {
    return "-Dcourtside.seed="
        + SEED
        + " -Dcourtside.histories="
        + HISTORIES
        + " -Dcourtside.kills="
        + KILLS;
  }
}
