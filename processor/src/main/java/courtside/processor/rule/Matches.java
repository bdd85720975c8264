package courtside.processor.rule;

import courtside.eventlog.feed.FeedVersion;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What was found of a post. Immutable.
 *
 * @param versions the feeds that it belongs to, in no order
 * @param failed the feeds of which that cannot be told, each with a sentence that says why and
 *     names it; again for the same post, however often. It counts as not belonging to them
 */
public record Matches(Set<FeedVersion> versions, Map<FeedVersion, String> failed) {
  private static final int MOST_NAMED = 10;

  /** Copies both. */
  public Matches {
    versions = Set.copyOf(versions);
    failed = Map.copyOf(failed);
  }

  /** Says of some feeds why it cannot be told, in one line; of many, of the first. */
  public static String why(Map<FeedVersion, String> failed) {
    String first =
        failed.entrySet().stream()
            .sorted(Comparator.comparing(one -> one.getKey().key()))
            .limit(MOST_NAMED)
            .map(Map.Entry::getValue)
            .collect(Collectors.joining("; "));
    int more = failed.size() - MOST_NAMED;
    return more > 0 ? first + "; and those of " + more + " more" : first;
  }

  /** Where all could be told. */
  public static Matches of(Set<FeedVersion> versions) {
    return new Matches(versions, Map.of());
  }
}
