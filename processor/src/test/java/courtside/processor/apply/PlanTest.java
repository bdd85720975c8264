package courtside.processor.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.processor.apply.Applied.Outcome;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.definition.DefinitionFile;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlanTest {
  private final Catalogue catalogue = new Catalogue();
  private final DefinitionFile one = definition("nba", "One");
  private final DefinitionFile two = definition("nba", "Two");
  private final DefinitionFile other = definition("chat", "Chat");

  PlanTest() throws Exception {}

  @Test
  void writesWhatIsNewAsOneSet() {
    Plan plan = Plan.of(catalogue, List.of(one, other), "s1", true);

    assertThat(plan.writes())
        .containsOnlyKeys(one.version(), other.version())
        .allSatisfy((_, definition) -> {
          assertThat(definition.set()).isEqualTo("s1");
          assertThat(definition.hold()).isTrue();
        });
  }

  @Test
  void doesNothingTwice() {
    write(one, "s1");

    Plan plan = Plan.of(catalogue, List.of(one, other), "s2", false);

    assertThat(plan.writes()).containsOnlyKeys(other.version());
    assertThat(plan.applied())
        .containsExactly(
            new Applied(one.version(), Outcome.UNCHANGED, Optional.empty(), Optional.empty()),
            new Applied(other.version(), Outcome.WRITTEN, Optional.of("s2"), Optional.empty()));
  }

  @Test
  void leavesWhatIsServedWhileANewerOneIsTheCandidate() {
    write(one, "s1");
    write(two, "s2");
    state(Optional.of(one), Optional.empty(), Optional.of(two), List.of());

    assertThat(outcome(one)).isEqualTo(Outcome.UNCHANGED);
    assertThat(outcome(two)).isEqualTo(Outcome.UNCHANGED);
  }

  @Test
  void rollsBackToThePreviousUnlessItIsToBeHeld() {
    write(one, "s1");
    write(two, "s2");
    state(Optional.of(two), Optional.of(one), Optional.empty(), List.of());

    Plan plan = Plan.of(catalogue, List.of(one, other), "s3", false);

    assertThat(plan.applied().getFirst().outcome()).isEqualTo(Outcome.ROLLBACK);
    assertThat(plan.writes()).containsOnlyKeys(other.version());
    assertThat(plan.wishes(Instant.EPOCH))
        .containsExactly(
            new Wish.Rollback(
                plan.applied().getFirst().wish().orElseThrow(),
                Instant.EPOCH,
                "nba",
                one.version().version()));

    Plan held = Plan.of(catalogue, List.of(one), "s3", true);
    assertThat(held.applied().getFirst().outcome()).isEqualTo(Outcome.PREVIOUS);
    assertThat(held.wishes(Instant.EPOCH)).isEmpty();
  }

  @Test
  void refusesWhatIsBeingRemoved() {
    write(one, "s1");
    write(two, "s2");
    state(Optional.of(two), Optional.empty(), Optional.empty(), List.of(one.version().version()));

    Plan plan = Plan.of(catalogue, List.of(one), "s3", false);

    assertThat(plan.applied().getFirst().outcome()).isEqualTo(Outcome.BEING_REMOVED);
    assertThat(plan.writes()).isEmpty();
  }

  @Test
  void writesAgainWhatAnotherOneHasOvertakenAndLeavesItInItsSet() {
    write(one, "s1");
    write(two, "s2");

    Plan plan = Plan.of(catalogue, List.of(one), "s3", false);

    assertThat(plan.writes().values()).extracting(FeedDefinition::set).containsExactly("s1");
    assertThat(plan.applied())
        .containsExactly(
            new Applied(one.version(), Outcome.WRITTEN, Optional.of("s1"), Optional.empty()));
  }

  @Test
  void knowsWhatAnEarlierAttemptOfItsOwnHasWritten() {
    write(one, "s1");

    Plan plan = Plan.of(catalogue, List.of(one), "s1", false);

    assertThat(plan.writes()).isEmpty();
    assertThat(plan.applied())
        .containsExactly(
            new Applied(one.version(), Outcome.WRITTEN, Optional.of("s1"), Optional.empty()));
  }

  @Test
  void refusesToKeepItemsLongerThanHistoryReaches() {
    assertThat(outcome(one.withKeep(Plan.LONGEST_KEEP))).isEqualTo(Outcome.WRITTEN);
    assertThat(outcome(one.withKeep(Plan.LONGEST_KEEP.plusSeconds(1))))
        .isEqualTo(Outcome.KEEPS_TOO_LONG);
  }

  @Test
  void saysWhyNothingWasWritten() {
    assertThat(applied(one).refusal()).isEmpty();
    assertThat(applied(one.withKeep(Plan.LONGEST_KEEP.plusSeconds(1))).refusal())
        .hasValueSatisfying(why -> assertThat(why).contains("at most 29 days"));

    write(one, "s1");
    assertThat(applied(one).refusal()).isEmpty();
    state(Optional.of(two), Optional.of(one), Optional.empty(), List.of());
    assertThat(applied(one).refusal()).isEmpty();
    assertThat(Plan.of(catalogue, List.of(one), "s", true).applied().getFirst().refusal())
        .hasValueSatisfying(why -> assertThat(why).contains("a rollback"));
    state(Optional.of(two), Optional.empty(), Optional.empty(), List.of(one.version().version()));
    assertThat(applied(one).refusal()).isPresent();
  }

  @Test
  void refusesTwoDefinitionsOfAFeed() {
    assertThatThrownBy(() -> Plan.of(catalogue, List.of(one, two), "s1", false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two of nba");
  }

  @Test
  void readsShippedDefinitionsAndLeavesOutWhatIsWrong(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("a.yaml"), yaml("nba", "NBA"));
    Files.writeString(directory.resolve("b.yaml"), "feed: [");
    Files.writeString(directory.resolve("c.yaml"), yaml("nba", "Again"));
    Files.writeString(directory.resolve("notes.txt"), "nothing");

    assertThat(Shipped.read(directory))
        .extracting(DefinitionFile::displayName)
        .containsExactly("NBA");
    assertThat(Shipped.read(directory.resolve("absent"))).isEmpty();
  }

  private Outcome outcome(DefinitionFile definition) {
    return applied(definition).outcome();
  }

  private Applied applied(DefinitionFile definition) {
    return Plan.of(catalogue, List.of(definition), "s", false).applied().getFirst();
  }

  private void write(DefinitionFile definition, String set) {
    catalogue.apply(
        definition.version().key(),
        FeedDefinition.FORMAT.encode(definition.toDefinition(set, false)));
  }

  private void state(
      Optional<DefinitionFile> served,
      Optional<DefinitionFile> previous,
      Optional<DefinitionFile> candidate,
      List<String> removing) {
    FeedState state =
        new FeedState(
            served.map(definition -> definition.version().version()),
            previous.map(definition -> definition.version().version()),
            candidate.map(definition -> definition.version().version()),
            removing,
            false,
            Instant.EPOCH,
            List.of());
    catalogue.apply("nba", FeedState.FORMAT.encode(state));
  }

  private static String yaml(String feed, String name) {
    return "feed: " + feed + "\nname: " + name + "\nrule: nba\n";
  }

  private static DefinitionFile definition(String feed, String name) throws Exception {
    return DefinitionFile.read(
            "test.yaml",
            new ByteArrayInputStream(yaml(feed, name).getBytes(StandardCharsets.UTF_8)))
        .withKeep(Duration.ofDays(3));
  }
}
