package courtside.processor.apply;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.processor.apply.Applied.Outcome;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.definition.DefinitionFile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What applying some definitions does, decided and not yet done. Immutable.
 *
 * @param writes the definitions to write; empty where nothing is new. All that were never there are
 *     of one set
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
   * Decides by what is there already. A version that is written again, as it plays no part, stays
   * in its set: in another one it would begin anew.
   *
   * @param set the id of the set, should anything be new. What is there in this set is ours,
   *     written by an attempt of which nobody heard how it ended
   * @param hold whether promotion waits for a person
   * @throws IllegalArgumentException if two definitions are of the same feed
   */
  public static Plan of(
      Catalogue catalogue, List<DefinitionFile> definitions, String set, boolean hold) {
    SequencedMap<FeedVersion, FeedDefinition> writes = new LinkedHashMap<>();
    List<Applied> applied = new ArrayList<>();
    Set<RecordKey> feeds = new HashSet<>();
    for (DefinitionFile definition : definitions) {
      if (!feeds.add(definition.feed())) {
        throw new IllegalArgumentException(
            "expected one definition of each feed, found two of " + definition.feed());
      }
      FeedVersion version = definition.version();
      SequencedMap<FeedVersion, FeedDefinition> there = catalogue.definitions(definition.feed());
      Optional<String> known = Optional.ofNullable(there.get(version)).map(FeedDefinition::set);
      Outcome outcome =
          outcome(
              version,
              definition.keep(),
              catalogue.state(definition.feed()),
              !there.isEmpty() && there.lastEntry().getKey().equals(version),
              hold);
      if (outcome == Outcome.WRITTEN) {
        writes.put(version, definition.toDefinition(known.orElse(set), hold));
      } else if (outcome == Outcome.UNCHANGED && known.filter(set::equals).isPresent()) {
        outcome = Outcome.WRITTEN;
      }
      applied.add(
          new Applied(
              version,
              outcome,
              outcome == Outcome.WRITTEN ? Optional.of(known.orElse(set)) : Optional.empty(),
              outcome == Outcome.ROLLBACK
                  ? Optional.of(set + "/" + version.feed())
                  : Optional.empty()));
    }
    return new Plan(writes, applied);
  }

  /** Whether there is nothing to write. */
  public boolean isEmpty() {
    return writes.isEmpty() && applied.stream().allMatch(one -> one.wish().isEmpty());
  }

  /** The wishes to write, one for each rollback. */
  public List<Wish.Rollback> wishes(Instant at) {
    List<Wish.Rollback> wishes = new ArrayList<>();
    for (Applied one : applied) {
      one.wish()
          .ifPresent(id ->
              wishes.add(
                  new Wish.Rollback(
                      id, at, one.version().feed().value(), one.version().version())));
    }
    return wishes;
  }

  private static Outcome outcome(
      FeedVersion version, Duration keep, Optional<FeedState> state, boolean newest, boolean hold) {
    Optional<String> wanted = Optional.of(version.version());
    if (state.isPresent() && state.get().removing().contains(version.version())) {
      return Outcome.BEING_REMOVED;
    }
    if (state.isPresent()
        && (state.get().served().equals(wanted) || state.get().candidate().equals(wanted))) {
      return Outcome.UNCHANGED;
    }
    if (state.isPresent() && state.get().previous().equals(wanted)) {
      return hold ? Outcome.PREVIOUS : Outcome.ROLLBACK;
    }
    if (newest) {
      return Outcome.UNCHANGED;
    }
    return keep.compareTo(LONGEST_KEEP) > 0 ? Outcome.KEEPS_TOO_LONG : Outcome.WRITTEN;
  }
}
