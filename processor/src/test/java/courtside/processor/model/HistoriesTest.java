package courtside.processor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import courtside.eventlog.feed.FeedItem;
import courtside.testkit.history.History;
import courtside.testkit.history.Pace;
import courtside.testkit.history.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise, history by history, without a broker: whatever accounts do, and however that comes
 * to the log, every feed holds what it must, at any moment that is asked about.
 */
final class HistoriesTest {
  private static final int HISTORIES = Integer.getInteger("courtside.histories", 100);
  private static final long SEED = Long.getLong("courtside.seed", 1);
  private static final int AT_ONCE = 20;
  private static final int MOMENTS = 3;
  private static final String CLOCK = "did:web:clock.invalid";

  private static final Pace PACE =
      new Pace(Instant.parse("2026-06-30T12:00:00Z"), Duration.ofDays(1));

  @TempDir Path directory;

  @Test
  void everyFeedHoldsWhatItMust() {
    long items = 0;
    for (long first = SEED; first < SEED + HISTORIES; first += AT_ONCE) {
      long end = Math.min(first + AT_ONCE, SEED + HISTORIES);
      List<History> histories =
          LongStream.range(first, end).mapToObj(seed -> History.of(seed, PACE)).toList();
      List<Taste> tastes =
          Taste.five(
              1,
              histories.stream().flatMap(history -> history.authors().stream()).toList(),
              PACE,
              new Random(first));
      Outcome outcome = run(histories, tastes, first, "together");
      items += outcome.items();
      if (!outcome.wrong().isEmpty()) {
        fail(explain(histories, tastes, first, outcome));
      }
    }
    System.out.println("histories " + HISTORIES + " from " + SEED + ", items compared " + items);
    assertThat(items).as("items compared").isGreaterThan(HISTORIES);
  }

  /**
   * What came of some histories.
   *
   * @param wrong what is wrong, by seed
   */
  private record Outcome(Map<Long, String> wrong, long items) {}

  private String explain(List<History> histories, List<Taste> tastes, long first, Outcome outcome) {
    StringBuilder text =
        new StringBuilder(
            "-Dcourtside.seed=" + first + " -Dcourtside.histories=" + histories.size() + "\n");
    for (History history : histories) {
      String wrong = outcome.wrong().get(history.seed());
      if (wrong != null) {
        Outcome alone = run(List.of(history), tastes, first, "alone-" + history.seed());
        text.append("history ")
            .append(history.seed())
            .append(": ")
            .append(wrong)
            .append("\nby itself: ")
            .append(alone.wrong().getOrDefault(history.seed(), "right"))
            .append('\n')
            .append(history);
      }
    }
    return text.toString();
  }

  private Outcome run(List<History> histories, List<Taste> tastes, long seed, String name) {
    Random random = new Random(seed);
    List<Step> steps = History.merged(histories);
    Map<Long, String> wrong = new TreeMap<>();
    long items = 0;
    try (PipelineDriver driver =
        new PipelineDriver(directory.resolve(seed + "-" + name), tastes, PACE)) {
      Set<Integer> moments = new HashSet<>();
      for (int i = 0; i < MOMENTS; i++) {
        moments.add(random.nextInt(steps.size()));
      }
      boolean due = false;
      for (int i = 0; i < steps.size(); i++) {
        check(steps.get(i), driver.pipe(steps.get(i)), histories, wrong);
        if (random.nextInt(10) == 0) {
          driver.tick();
        }
        due |= moments.contains(i);
        Instant seen = steps.get(i).seen();
        // Of two steps at the same moment both have happened.
        if (due && (i + 1 == steps.size() || steps.get(i + 1).seen().isAfter(seen))) {
          items += compare(driver, tastes, histories, seen, wrong);
          due = false;
        }
      }
      Instant end = PACE.end().plus(PACE.days(random.nextInt(12)));
      items += compare(driver, tastes, histories, end, wrong);
    }
    return new Outcome(wrong, items);
  }

  private static long compare(
      PipelineDriver driver,
      List<Taste> tastes,
      List<History> histories,
      Instant at,
      Map<Long, String> wrong) {
    driver.pipe(Step.clock(CLOCK, at));
    driver.settle();
    long items = 0;
    for (Taste taste : tastes) {
      Map<String, FeedItem> found = driver.feed(taste.version());
      for (History history : histories) {
        Map<String, FeedItem> expected = history.expected(taste.wanted(), at);
        Set<String> authors = Set.copyOf(history.authors());
        Map<String, FeedItem> its = new TreeMap<>(found);
        its.values().removeIf(item -> !authors.contains(item.author()));
        if (!its.equals(expected)) {
          wrong.putIfAbsent(
              history.seed(), Difference.text(taste.definition().toString(), at, expected, its));
        }
        items += expected.size();
      }
    }
    return items;
  }

  /** One event for each thing that a frame says, one dead letter for each kind of fault. */
  private static void check(
      Step step, PipelineDriver.Made made, List<History> histories, Map<Long, String> wrong) {
    if (made.events().equals(step.events()) && made.refused().size() == step.refused()) {
      return;
    }
    for (History history : histories) {
      if (history.authors().contains(step.did())) {
        wrong.putIfAbsent(history.seed(), "of " + step + "\n  came " + made);
      }
    }
  }
}
