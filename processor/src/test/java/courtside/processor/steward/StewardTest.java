package courtside.processor.steward;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.definition.SomeFeed;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class StewardTest {
  private static final RecordKey FEED = new RecordKey("nba");
  private static final FeedVersion ONE = new FeedVersion(FEED, "one");
  private static final FeedVersion TWO = new FeedVersion(FEED, "two");
  private static final FeedVersion THREE = new FeedVersion(FEED, "three");
  private static final FeedVersion FOUR = new FeedVersion(FEED, "four");
  private static final Instant THEN = Instant.ofEpochMilli(1_000);
  private static final Instant NOW = Instant.ofEpochMilli(2_000);
  private static final List<Long> ENDS = List.of(1L, 2L, 3L, 4L, 5L, 6L);

  private final Catalogue catalogue = new Catalogue();
  private final Map<RecordKey, Wish.OfFeed> wishes = new HashMap<>();
  private final Map<String, FeedStatus> statuses = new HashMap<>();
  private Duration previousFor = Duration.ofHours(24);

  @Test
  void servesTheFirstVersionAtOnce() {
    define(ONE, false);

    assertThat(decide(Set.of()))
        .containsExactly(Map.entry(FEED, state("one", null, null, List.of(), NOW, List.of())));
  }

  @Test
  void decidesNothingTwice() {
    define(ONE, false);
    decide(Set.of()).forEach(this::apply);

    assertThat(decide(Set.of())).isEmpty();
  }

  @Test
  void makesANewerDefinitionTheCandidateAndWaits() {
    define(ONE, false);
    define(TWO, false);
    apply(FEED, state("one", null, null, List.of(), THEN, List.of()));

    assertThat(decide(Set.of()))
        .containsExactly(Map.entry(FEED, state("one", null, "two", List.of(), THEN, List.of())));
  }

  @Test
  void promotesACandidateThatHasCaughtUp() {
    define(ONE, false);
    define(TWO, false);
    apply(FEED, state("one", null, "two", List.of(), THEN, List.of()));

    assertThat(decide(Set.of(TWO)))
        .containsExactly(Map.entry(FEED, state("two", "one", null, List.of(), NOW, ENDS)));
  }

  @Test
  void holdsACandidateThatIsToBeHeld() {
    define(ONE, false);
    define(TWO, true);
    apply(FEED, state("one", null, "two", List.of(), THEN, List.of()));

    assertThat(decide(Set.of(TWO))).isEmpty();
  }

  @Test
  void removesAnOlderCandidateAndAnOlderPrevious() {
    define(ONE, false);
    define(TWO, false);
    define(THREE, false);
    apply(FEED, state("one", null, "two", List.of(), THEN, List.of()));
    assertThat(decide(Set.of(TWO)))
        .containsExactly(
            Map.entry(FEED, state("one", null, "three", List.of("two"), THEN, List.of())));

    apply(FEED, state("two", "one", "three", List.of(), THEN, ENDS));
    assertThat(decide(Set.of(THREE)))
        .containsExactly(Map.entry(FEED, state("three", "two", null, List.of("one"), NOW, ENDS)));
  }

  @Test
  void takesADefinitionThatIsWrittenAgainAsTheNewest() {
    define(ONE, false);
    define(TWO, false);
    define(ONE, false);

    assertThat(decide(Set.of()))
        .containsExactly(Map.entry(FEED, state("one", null, null, List.of("two"), NOW, List.of())));
  }

  @Test
  void removesWhatWasOvertakenBeforeAnybodySawIt() {
    define(ONE, false);
    define(TWO, false);
    define(THREE, false);
    assertThat(decide(Set.of()))
        .containsExactly(
            Map.entry(FEED, state("three", null, null, List.of("one", "two"), NOW, List.of())));

    apply(FEED, state("one", null, null, List.of(), THEN, List.of()));
    assertThat(decide(Set.of()))
        .containsExactly(
            Map.entry(FEED, state("one", null, "three", List.of("two"), THEN, List.of())));
  }

  @Test
  void endsWhatIsPreviousOnceItsTimeIsOver() {
    define(ONE, false);
    define(TWO, false);
    apply(FEED, state("two", "one", null, List.of(), THEN, ENDS));

    previousFor = Duration.ofMillis(1_001);
    assertThat(decide(Set.of())).isEmpty();
    previousFor = Duration.ofSeconds(1);
    assertThat(decide(Set.of()))
        .containsExactly(Map.entry(FEED, state("two", null, null, List.of("one"), THEN, ENDS)));
  }

  @Test
  void forgetsWhatEveryTaskHasTakenOut() {
    define(ONE, false);
    define(TWO, "other", false);
    apply(FEED, state("two", null, null, List.of("one"), THEN, ENDS));
    for (int partition = 0; partition < Topics.POSTS.partitions() - 1; partition++) {
      removed(ONE, partition, "set");
    }
    assertThat(isQuiet()).as("one partition says nothing").isTrue();

    removed(ONE, Topics.POSTS.partitions() - 1, "earlier");
    assertThat(isQuiet()).as("of an earlier set").isTrue();

    removed(ONE, Topics.POSTS.partitions() - 1, "set");
    Decision decision = decision(Set.of());
    assertThat(decide(Set.of()))
        .containsExactly(Map.entry(FEED, state("two", null, null, List.of(), THEN, ENDS)));
    assertThat(decision.gone()).containsExactly(ONE);
    assertThat(decision.setsToEnd()).containsExactly("set");
  }

  @Test
  void leavesASetThatHasAnotherVersion() {
    define(ONE, false);
    define(FeedVersion.of("chat", "a"), false);
    apply(FEED, state("two", null, null, List.of("one"), THEN, ENDS));
    for (int partition = 0; partition < Topics.POSTS.partitions(); partition++) {
      removed(ONE, partition, "set");
    }

    Decision decision = decision(Set.of());

    assertThat(decision.gone()).containsExactly(ONE);
    assertThat(decision.setsToEnd()).isEmpty();
  }

  @Test
  void forgetsWhatNobodyCanTakeOut() {
    define(TWO, false);
    apply(FEED, state("two", null, null, List.of("one"), THEN, ENDS));

    assertThat(decision(Set.of()).gone()).containsExactly(ONE);
  }

  @Test
  void promotesWhatIsHeldWhenAskedAndOnceItHasCaughtUp() {
    define(ONE, false);
    define(TWO, true);
    apply(FEED, state("one", null, "two", List.of(), THEN, List.of()));
    wish(new Wish.Promote("w", THEN, "nba", "two"));

    assertThat(isQuiet()).as("it waits").isTrue();
    assertThat(decision(Set.of()).answers()).isEmpty();

    Decision decision = decision(Set.of(TWO));
    assertThat(decide(Set.of(TWO)))
        .containsExactly(
            Map.entry(FEED, dealt(state("two", "one", null, List.of(), NOW, ENDS), "w", null)));
    assertThat(decision.answers())
        .containsExactly(Map.entry("feeds/nba", new Decision.Answer("w", Optional.empty())));
  }

  @Test
  void neverPromotesAnotherVersionThanTheOneAskedFor() {
    define(ONE, false);
    define(TWO, true);
    define(THREE, true);
    apply(FEED, state("one", null, "two", List.of(), THEN, List.of()));
    wish(new Wish.Promote("w", THEN, "nba", "two"));

    assertThat(decide(Set.of(TWO, THREE)))
        .containsExactly(
            Map.entry(
                FEED,
                dealt(
                    state("one", null, "three", List.of("two"), THEN, List.of()),
                    "w",
                    "two is no candidate")));
  }

  @Test
  void swapsServedAndPreviousAndKeepsTheEndsAndTheCandidate() {
    define(ONE, false);
    define(TWO, false);
    define(THREE, false);
    apply(FEED, state("two", "one", "three", List.of(), THEN, ENDS));
    wish(new Wish.Rollback("w", THEN, "nba", "one"));

    assertThat(decide(Set.of(THREE)))
        .containsExactly(
            Map.entry(FEED, dealt(state("one", "two", "three", List.of(), NOW, ENDS), "w", null)));
  }

  @Test
  void doesNotMakeWhatWasRolledBackTheCandidate() {
    define(ONE, false);
    define(TWO, false);
    apply(FEED, state("one", "two", null, List.of(), THEN, ENDS));

    assertThat(decide(Set.of(TWO))).isEmpty();
  }

  @Test
  void carriesAWishOutOnce() {
    define(ONE, false);
    define(TWO, false);
    apply(FEED, state("two", "one", null, List.of(), THEN, ENDS));
    wish(new Wish.Rollback("w", THEN, "nba", "one"));
    decide(Set.of()).forEach(this::apply);
    assertThat(decide(Set.of())).isEmpty();

    // when: somebody else brings the other version back
    apply(FEED, dealt(state("two", "one", null, List.of(), NOW, ENDS), "w", null));
    assertThat(decide(Set.of())).isEmpty();
    assertThat(decision(Set.of()).answers()).containsKey("feeds/nba");
  }

  @Test
  void refusesOnceWhatCannotBe() {
    define(ONE, false);
    apply(FEED, state("one", null, null, List.of(), THEN, List.of()));
    wish(new Wish.Rollback("w", THEN, "nba", "zero"));

    FeedState refused =
        dealt(
            state("one", null, null, List.of(), THEN, List.of()),
            "w",
            "zero does not follow the log any more");
    assertThat(decide(Set.of())).containsExactly(Map.entry(FEED, refused));
    apply(FEED, refused);
    assertThat(isQuiet()).isTrue();
    assertThat(decision(Set.of()).answers())
        .containsExactly(Map.entry("feeds/nba", new Decision.Answer("w", refused.refusal())));
  }

  @Test
  void writesNothingAboutAFeedThatThereIsNot() {
    wish(new Wish.Promote("w", THEN, "nba", "one"));

    assertThat(decision(Set.of()).isEmpty()).isTrue();
    assertThat(decision(Set.of()).answers())
        .containsExactly(
            Map.entry("feeds/nba", new Decision.Answer("w", Optional.of("there is no such feed"))));

    // and: it is not carried out once there is one
    define(ONE, true);
    decide(Set.of()).forEach(this::apply);
    assertThat(catalogue.state(FEED).orElseThrow().wish()).contains("w");
  }

  @Test
  void deletesAFeedWithAllThatItHas() {
    define(ONE, false);
    define(TWO, false);
    define(THREE, false);
    define(FOUR, false);
    apply(FEED, state("two", "one", "three", List.of(), THEN, ENDS));
    wish(new Wish.DeleteFeed("w", THEN, "nba"));

    FeedState deleted = deleted(List.of("one", "two", "three", "four"), NOW);
    assertThat(decide(Set.of(THREE))).containsExactly(Map.entry(FEED, deleted));
    apply(FEED, deleted);
    assertThat(decide(Set.of(THREE))).isEmpty();
  }

  @Test
  void keepsTheNameOfADeletedFeedAndServesWhatIsAppliedAnew() {
    wish(new Wish.DeleteFeed("w", THEN, "nba"));
    decide(Set.of()).forEach(this::apply);
    assertThat(catalogue.state(FEED)).contains(deleted(List.of(), NOW));

    define(ONE, false);
    assertThat(decide(Set.of()))
        .containsExactly(
            Map.entry(FEED, dealt(state("one", null, null, List.of(), NOW, List.of()), "w", null)));
  }

  @Test
  void answersNoMoreThanFitIntoARecord() {
    for (int i = 0; i < 2 * Steward.MOST_ANSWERS; i++) {
      wish(new Wish.DeleteFeed("w" + i, Instant.ofEpochMilli(i), "feed" + i));
    }

    assertThat(decision(Set.of()).answers())
        .hasSize(Steward.MOST_ANSWERS)
        .containsKey("feeds/feed199")
        .containsKey("feeds/feed100");
  }

  @Test
  void keepsAVersionInTheSetThatItHas() {
    define(ONE, "first", false);
    decision(Set.of()).states().forEach(this::apply);
    define(ONE, "second", false);
    assertThat(set(catalogue)).isEqualTo("first");
    assertThat(decision(Set.of()).isEmpty()).isTrue();

    // and: to who finds only what a compaction leaves
    Catalogue late = new Catalogue();
    define(late, ONE, "second", false);
    late.apply("nba", FeedState.FORMAT.encode(catalogue.state(FEED).orElseThrow()));
    assertThat(set(late)).isEqualTo("first");
    define(late, ONE, "third", false);
    assertThat(set(late)).isEqualTo("first");
  }

  @Test
  void takesAnotherSetWhereNothingNamesTheVersion() {
    define(ONE, "first", false);
    define(ONE, "second", false);
    assertThat(set(catalogue)).isEqualTo("second");
  }

  private static String set(Catalogue catalogue) {
    return Objects.requireNonNull(catalogue.definitions().get(ONE)).set();
  }

  /** The states that change, but for the sets in them. */
  private Map<RecordKey, FeedState> decide(Set<FeedVersion> caughtUp) {
    Map<RecordKey, FeedState> states = new HashMap<>();
    decision(caughtUp)
        .states()
        .forEach((feed, state) -> {
          Optional<FeedState> before = catalogue.state(feed).map(StewardTest::withoutSets);
          if (!before.equals(Optional.of(withoutSets(state)))) {
            states.put(feed, withoutSets(state));
          }
        });
    return states;
  }

  private boolean isQuiet() {
    return decide(Set.of()).isEmpty() && decision(Set.of()).gone().isEmpty();
  }

  private static FeedState withoutSets(FeedState state) {
    return dealt(state, state.wish(), state.refusal());
  }

  private Decision decision(Set<FeedVersion> caughtUp) {
    return Steward.decide(
        catalogue,
        new Steward.Inputs(
            wishes, statuses, caughtUp, caughtUp.isEmpty() ? List.of() : ENDS, previousFor, NOW));
  }

  private void wish(Wish.OfFeed wish) {
    wishes.put(new RecordKey(wish.feed()), wish);
  }

  private void removed(FeedVersion version, int partition, String set) {
    statuses.put(
        version.statusKey(partition),
        new FeedStatus(
            THEN,
            0,
            0,
            THEN,
            0,
            0,
            OptionalLong.empty(),
            OptionalDouble.empty(),
            Optional.of(set)));
  }

  private static FeedState deleted(List<String> removing, Instant at) {
    return new FeedState(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        removing,
        true,
        at,
        List.of(),
        Optional.of("w"),
        Optional.empty(),
        Optional.empty());
  }

  private static FeedState dealt(FeedState state, String wish, @Nullable String refusal) {
    return dealt(state, Optional.of(wish), Optional.ofNullable(refusal));
  }

  private static FeedState dealt(FeedState state, Optional<String> wish, Optional<String> refusal) {
    return new FeedState(
        state.served(),
        state.previous(),
        state.candidate(),
        state.removing(),
        state.deleted(),
        state.switchedAt(),
        state.endOffsets(),
        wish,
        refusal,
        Optional.empty());
  }

  private void define(FeedVersion version, boolean hold) {
    define(version, "set", hold);
  }

  private void define(FeedVersion version, String set, boolean hold) {
    define(catalogue, version, set, hold);
  }

  private static void define(Catalogue catalogue, FeedVersion version, String set, boolean hold) {
    FeedDefinition definition = SomeFeed.of("nba").in(set).held(hold).definition();
    catalogue.apply(version.key(), FeedDefinition.FORMAT.encode(definition));
  }

  private void apply(RecordKey feed, FeedState state) {
    catalogue.apply(feed.value(), FeedState.FORMAT.encode(state));
  }

  private static FeedState state(
      String served,
      @Nullable String previous,
      @Nullable String candidate,
      List<String> removing,
      Instant switchedAt,
      List<Long> ends) {
    return new FeedState(
        Optional.of(served),
        Optional.ofNullable(previous),
        Optional.ofNullable(candidate),
        removing,
        false,
        switchedAt,
        ends);
  }
}
