package courtside.processor.set;

import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.catalogue.Catalogue;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The versions of one set. Immutable.
 *
 * @param matched those that posts are matched with
 * @param removing those that are not matched any more and whose items are taken out
 */
record Members(Map<FeedVersion, FeedDefinition> matched, Set<FeedVersion> removing) {
  Members {
    matched = Map.copyOf(matched);
    removing = Set.copyOf(removing);
  }

  /** Every set that has a version left, by id. */
  static Map<String, Members> of(Catalogue catalogue) {
    Map<String, Members> sets = new LinkedHashMap<>();
    catalogue
        .sets()
        .forEach((set, definitions) -> {
          Map<FeedVersion, FeedDefinition> matched = new LinkedHashMap<>();
          Set<FeedVersion> removing = new LinkedHashSet<>();
          definitions.forEach((version, definition) -> {
            if (catalogue.isRemoving(version)) {
              removing.add(version);
            } else {
              matched.put(version, definition);
            }
          });
          sets.put(set, new Members(matched, removing));
        });
    return sets;
  }
}
