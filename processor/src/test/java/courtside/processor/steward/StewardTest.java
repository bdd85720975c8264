package courtside.processor.steward;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.catalogue.Catalogue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class StewardTest {
  private static final RecordKey FEED = new RecordKey("nba");
  private static final FeedVersion ONE = new FeedVersion(FEED, "one");
  private static final FeedVersion TWO = new FeedVersion(FEED, "two");
  private static final FeedVersion THREE = new FeedVersion(FEED, "three");
  private static final Instant THEN = Instant.ofEpochMilli(1_000);
  private static final Instant NOW = Instant.ofEpochMilli(2_000);
  private static final List<Long> ENDS = List.of(1L, 2L, 3L, 4L, 5L, 6L);

  private final Catalogue catalogue = new Catalogue();

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
        .containsExactly(Map.entry(FEED, state("one", null, null, List.of(), NOW, List.of())));
  }

  private Map<RecordKey, FeedState> decide(Set<FeedVersion> caughtUp) {
    return Steward.decide(
        catalogue, new Steward.Inputs(caughtUp, caughtUp.isEmpty() ? List.of() : ENDS, NOW));
  }

  private void define(FeedVersion version, boolean hold) {
    FeedDefinition definition =
        new FeedDefinition(
            "set",
            1,
            "NBA",
            "",
            "nba",
            "",
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            Duration.ofDays(3),
            Optional.empty(),
            hold);
    catalogue.apply(version.key(), FeedDefinition.FORMAT.encode(definition));
  }

  private void apply(RecordKey feed, FeedState state) {
    catalogue.apply(feed.value(), FeedState.FORMAT.encode(state));
  }

  private static FeedState state(
      String served,
      @org.jspecify.annotations.Nullable String previous,
      @org.jspecify.annotations.Nullable String candidate,
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
