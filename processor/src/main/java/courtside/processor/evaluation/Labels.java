package courtside.processor.evaluation;

import java.util.Set;

/**
 * Where labelled posts say what they are. Immutable.
 *
 * @param key whose value says whether a post belongs to the feed
 * @param match the value of those that do
 * @param kind whose value is the kind
 * @param without the kinds that nobody judged
 */
public record Labels(String key, String match, String kind, Set<String> without) {
  /** As they are written for Courtside: {@code "match": true, "kind": "…"}. */
  public static final Labels OWN = new Labels("match", "true", "kind", Set.of());

  /** Copies the set. */
  public Labels {
    without = Set.copyOf(without);
  }
}
