package courtside.processor.set;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.definition.SomeFeed;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MembersTest {
  private static final FeedVersion ONE = FeedVersion.of("nba", "one");
  private static final FeedVersion TWO = FeedVersion.of("nba", "two");
  private static final FeedVersion CHAT = FeedVersion.of("chat", "one");

  private final Catalogue catalogue = new Catalogue();

  @Test
  void aVersionThatIsRemovedIsNotMatched() {
    write(ONE, "a");
    write(TWO, "b");
    write(CHAT, "a");
    assertThat(Members.of(catalogue)).containsOnlyKeys("a", "b");
    assertThat(members("a").matched()).containsOnlyKeys(ONE, CHAT);
    assertThat(members("a").removing()).isEmpty();

    state("nba", "two", List.of("one"));

    assertThat(members("a").matched()).containsOnlyKeys(CHAT);
    assertThat(members("a").removing()).containsExactly(ONE);
    assertThat(members("b").matched()).containsOnlyKeys(TWO);

    // and: once nothing of it is left
    catalogue.apply(ONE.key(), null);
    assertThat(members("a").removing()).isEmpty();
  }

  @Test
  void aSetIsThereUntilItsLastDefinitionIsGone() {
    write(ONE, "a");
    state("nba", "two", List.of("one"));
    assertThat(Members.of(catalogue)).containsOnlyKeys("a");

    catalogue.apply(ONE.key(), null);
    assertThat(Members.of(catalogue)).isEmpty();
  }

  private Members members(String set) {
    return Optional.ofNullable(Members.of(catalogue).get(set)).orElseThrow();
  }

  private void write(FeedVersion version, String set) {
    catalogue.apply(
        version.key(), FeedDefinition.FORMAT.encode(SomeFeed.of("nba").in(set).definition()));
  }

  private void state(String feed, String served, List<String> removing) {
    catalogue.apply(
        feed,
        FeedState.FORMAT.encode(
            new FeedState(
                Optional.of(served),
                Optional.empty(),
                Optional.empty(),
                removing,
                false,
                Instant.EPOCH,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Map.of()))));
  }
}
