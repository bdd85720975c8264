package courtside.processor.steward;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.catalogue.Catalogue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is served, and what is removed, decided feed by feed. Pure. */
final class Steward {
  /** All of 10,000 feeds' would not fit into one record. */
  static final int MOST_ANSWERS = 100;

  private Steward() {}

  /**
   * What the steward knows beside the catalogue. Wishes and statuses must have been read before the
   * definitions: then whatever they speak of is in the catalogue. Immutable.
   *
   * @param wishes the newest wish about each feed
   * @param statuses by key
   * @param caughtUp the candidates that have read what there was when they came, and keep up
   * @param itemEnds the ends of {@code feed.items} by partition, not older than {@code caughtUp}
   * @param previousFor how long the version before the one served follows the log
   */
  record Inputs(
      Map<RecordKey, Wish.OfFeed> wishes,
      Map<String, FeedStatus> statuses,
      Set<FeedVersion> caughtUp,
      List<Long> itemEnds,
      Duration previousFor,
      Instant now) {}

  /** Decides all that is to be decided now. What is written and read again decides nothing more. */
  static Decision decide(Catalogue catalogue, Inputs inputs) {
    Map<RecordKey, FeedState> states = new LinkedHashMap<>();
    Set<FeedVersion> gone = new LinkedHashSet<>();
    Map<RecordKey, Decision.Answer> answers = new HashMap<>();
    Set<RecordKey> feeds = new LinkedHashSet<>(catalogue.feeds());
    feeds.addAll(inputs.wishes().keySet());
    for (RecordKey feed : feeds) {
      Optional<FeedState> state = catalogue.state(feed);
      Optional<Wish.OfFeed> wish = Optional.ofNullable(inputs.wishes().get(feed));
      if (isUnknown(catalogue, feed) && wish.filter(Wish.DeleteFeed.class::isInstance).isEmpty()) {
        // Nothing is written: a name with a state is never seeded again.
        wish.ifPresent(asked ->
            answers.put(
                feed, new Decision.Answer(asked.id(), Optional.of("there is no such feed"))));
        continue;
      }
      Roles roles = new Roles(feed, state, catalogue.definitions(feed), inputs);
      roles.decide(wish);
      FeedState next = roles.state();
      gone.addAll(roles.gone());
      if (!state.equals(Optional.of(next))) {
        states.put(feed, next);
      }
      wish.filter(asked -> next.wish().equals(Optional.of(asked.id())))
          .ifPresent(asked -> answers.put(feed, new Decision.Answer(asked.id(), next.refusal())));
    }
    return new Decision(states, gone, newest(answers, inputs.wishes()), emptied(catalogue, gone));
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

  private static boolean isUnknown(Catalogue catalogue, RecordKey feed) {
    return catalogue.state(feed).isEmpty() && catalogue.definitions(feed).isEmpty();
  }

  private static Map<String, Decision.Answer> newest(
      Map<RecordKey, Decision.Answer> answers, Map<RecordKey, Wish.OfFeed> wishes) {
    Map<String, Decision.Answer> newest = new HashMap<>();
    wishes.entrySet().stream()
        .filter(wish -> answers.containsKey(wish.getKey()))
        .sorted(
            Comparator.comparing((Map.Entry<RecordKey, Wish.OfFeed> wish) -> wish.getValue().at())
                .reversed())
        .limit(MOST_ANSWERS)
        .forEach(wish -> newest.put(wish.getValue().key(), answers.get(wish.getKey())));
    return newest;
  }

  /** The sets of which every version is gone. */
  private static Set<String> emptied(Catalogue catalogue, Set<FeedVersion> gone) {
    Set<String> emptied = new LinkedHashSet<>();
    if (!gone.isEmpty()) {
      catalogue
          .sets()
          .forEach((set, definitions) -> {
            if (gone.containsAll(definitions.keySet())) {
              emptied.add(set);
            }
          });
    }
    return emptied;
  }
}
