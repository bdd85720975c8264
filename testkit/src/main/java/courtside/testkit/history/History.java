package courtside.testkit.history;

import courtside.eventlog.feed.FeedItem;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The life of two to four accounts, as it comes to the log: posts that come, change, go and come
 * again under the same key; times that authors make up; accounts that are put to rest, suspended,
 * taken down, deleted, and come back; what nobody can use; revisions of the future; and slices of
 * all that again, as another relay or another numbering shows it. The same seed and pace make the
 * same history, byte for byte. Immutable.
 *
 * @param steps in the order of the log, in which the time seen never falls
 */
public record History(long seed, Pace pace, List<Step> steps) {
  /** Copies the list. */
  public History {
    steps = List.copyOf(steps);
  }

  /** Makes the history of a seed. */
  public static History of(long seed, Pace pace) {
    return new Life(seed, pace).live();
  }

  /** The accounts. */
  public List<String> authors() {
    return steps.stream().map(Step::did).distinct().toList();
  }

  /**
   * What a feed has to hold, by address.
   *
   * @param at the time seen by which it is judged: what comes later has not happened
   */
  public Map<String, FeedItem> expected(Wanted wanted, Instant at) {
    Map<String, Expectation> expectations = new HashMap<>();
    for (Step step : steps) {
      if (step.seen().isAfter(at)) {
        break;
      }
      Expectation expectation =
          expectations.computeIfAbsent(step.did(), did -> new Expectation(did, wanted, pace));
      step.says().forEach(said -> expectation.tell(said, step.seen()));
    }
    Map<String, FeedItem> items = new TreeMap<>();
    expectations.values().forEach(expectation -> expectation.addTo(items, at));
    return items;
  }

  /** Several, as they come to one log: by the time seen. */
  public static List<Step> merged(List<History> histories) {
    return histories.stream()
        .flatMap(history -> history.steps().stream())
        .sorted(Comparator.comparing(Step::seen))
        .toList();
  }

  /** A line for each step. */
  @Override
  public String toString() {
    return steps.stream()
        .map(step ->
            step.seen()
                + " "
                + step.did()
                + " "
                + step.what()
                + " "
                + step.says()
                + (step.refused() == 0 ? "" : " refused " + step.refused()))
        .collect(Collectors.joining("\n", "history " + seed + "\n", "\n"));
  }
}
