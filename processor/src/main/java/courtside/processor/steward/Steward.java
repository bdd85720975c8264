package courtside.processor.steward;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.catalogue.Catalogue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is served, decided feed by feed. Pure. */
final class Steward {
  private Steward() {}

  /**
   * What the steward knows beside the catalogue. Immutable.
   *
   * @param caughtUp the candidates that have read what there was when they came, and keep up
   * @param itemEnds the ends of {@code feed.items} by partition, not older than {@code caughtUp}
   */
  record Inputs(Set<FeedVersion> caughtUp, List<Long> itemEnds, Instant now) {}

  /** The states that change, by feed. */
  static Map<RecordKey, FeedState> decide(Catalogue catalogue, Inputs inputs) {
    Map<RecordKey, FeedState> decided = new LinkedHashMap<>();
    catalogue
        .newest()
        .forEach((feed, newest) -> {
          Optional<FeedState> state = catalogue.state(feed);
          FeedDefinition definition = catalogue.definitions().get(newest);
          if (definition == null) {
            throw new IllegalStateException("a newest version without definition: " + newest);
          }
          FeedState next =
              state.isEmpty() || state.get().served().isEmpty()
                  ? served(state, newest, inputs.now())
                  : promoted(withCandidate(state.get(), newest), newest, definition.hold(), inputs);
          if (!state.equals(Optional.of(next))) {
            decided.put(feed, next);
          }
        });
    return decided;
  }

  /** The candidates of all feeds. */
  static List<FeedVersion> candidates(Catalogue catalogue) {
    List<FeedVersion> candidates = new ArrayList<>();
    for (RecordKey feed : catalogue.feeds()) {
      catalogue
          .state(feed)
          .flatMap(FeedState::candidate)
          .ifPresent(version -> candidates.add(new FeedVersion(feed, version)));
    }
    return candidates;
  }

  /** Nothing is served yet: the newest at once, while it fills. */
  private static FeedState served(Optional<FeedState> state, FeedVersion newest, Instant now) {
    List<String> removing = state.map(FeedState::removing).orElse(List.of());
    if (removing.contains(newest.version())) {
      // What is being removed is no choice.
      return state.orElseThrow();
    }
    return new FeedState(
        Optional.of(newest.version()),
        Optional.empty(),
        Optional.empty(),
        removing,
        false,
        now,
        List.of());
  }

  /** The newest definition becomes the candidate, and an older candidate is removed. */
  private static FeedState withCandidate(FeedState state, FeedVersion newest) {
    Optional<String> version = Optional.of(newest.version());
    if (state.served().equals(version)
        || state.candidate().equals(version)
        || state.previous().equals(version)
        || state.removing().contains(newest.version())) {
      return state;
    }
    return new FeedState(
        state.served(),
        state.previous(),
        version,
        append(state.removing(), state.candidate()),
        false,
        state.switchedAt(),
        state.endOffsets());
  }

  private static FeedState promoted(
      FeedState state, FeedVersion newest, boolean hold, Inputs inputs) {
    if (hold
        || !state.candidate().equals(Optional.of(newest.version()))
        || !inputs.caughtUp().contains(newest)) {
      return state;
    }
    return new FeedState(
        state.candidate(),
        state.served(),
        Optional.empty(),
        append(state.removing(), state.previous()),
        false,
        inputs.now(),
        inputs.itemEnds());
  }

  private static List<String> append(List<String> versions, Optional<String> more) {
    List<String> all = new ArrayList<>(versions);
    more.filter(version -> !all.contains(version)).ifPresent(all::add);
    return all;
  }
}
