package courtside.processor.apply;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.processor.apply.Applied.Outcome;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.definition.DefinitionFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What applying some definitions does, decided and not yet done. Immutable.
 *
 * @param writes the definitions to write, all of one set; empty where nothing is new
 * @param applied what becomes of each definition, in the order given
 */
public record Plan(SequencedMap<FeedVersion, FeedDefinition> writes, List<Applied> applied) {
  /** The longest that items may be kept: history less a day. */
  public static final Duration LONGEST_KEEP = Topics.POSTS.retention().minus(Duration.ofDays(1));

  /** Copies the list. */
  public Plan {
    applied = List.copyOf(applied);
  }

  /**
   * Decides by what is there already.
   *
   * @param set the id of the set, should anything be new
   * @param hold whether promotion waits for a person
   * @throws IllegalArgumentException if two definitions are of the same feed
   */
  public static Plan of(
      Catalogue catalogue, List<DefinitionFile> definitions, String set, boolean hold) {
    Map<RecordKey, FeedVersion> newest = catalogue.newest();
    SequencedMap<FeedVersion, FeedDefinition> writes = new LinkedHashMap<>();
    List<Applied> applied = new ArrayList<>();
    Set<RecordKey> feeds = new HashSet<>();
    for (DefinitionFile definition : definitions) {
      if (!feeds.add(definition.feed())) {
        throw new IllegalArgumentException(
            "expected one definition of each feed, found two of " + definition.feed());
      }
      FeedVersion version = definition.version();
      Outcome outcome =
          outcome(
              version,
              definition.keep(),
              catalogue.state(definition.feed()),
              Optional.ofNullable(newest.get(definition.feed())));
      if (outcome == Outcome.WRITTEN) {
        writes.put(version, definition.toDefinition(set, hold));
        applied.add(new Applied(version, outcome, Optional.of(set)));
      } else {
        applied.add(new Applied(version, outcome, Optional.empty()));
      }
    }
    return new Plan(writes, applied);
  }

  private static Outcome outcome(
      FeedVersion version, Duration keep, Optional<FeedState> state, Optional<FeedVersion> newest) {
    Optional<String> wanted = Optional.of(version.version());
    if (state.isPresent() && state.get().removing().contains(version.version())) {
      return Outcome.BEING_REMOVED;
    }
    if (state.isPresent()
        && (state.get().served().equals(wanted) || state.get().candidate().equals(wanted))) {
      return Outcome.UNCHANGED;
    }
    if (state.isPresent() && state.get().previous().equals(wanted)) {
      return Outcome.PREVIOUS;
    }
    if (newest.filter(version::equals).isPresent()) {
      return Outcome.UNCHANGED;
    }
    return keep.compareTo(LONGEST_KEEP) > 0 ? Outcome.KEEPS_TOO_LONG : Outcome.WRITTEN;
  }
}
