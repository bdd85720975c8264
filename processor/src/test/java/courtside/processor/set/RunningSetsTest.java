package courtside.processor.set;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.definition.SomeFeed;
import courtside.processor.rule.Matcher;
import courtside.processor.rule.Rule;
import courtside.processor.rule.RuleException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RunningSetsTest {
  private static final FeedVersion ONE = FeedVersion.of("nba", "one");
  private static final FeedVersion TWO = FeedVersion.of("chat", "two");

  private final List<String> log = new ArrayList<>();
  private final RunningSets<Running> sets = new RunningSets<>(this::start);
  private @Nullable KafkaException failure;
  private boolean ends = true;

  @Test
  void startsReplacesAndEndsWhatIsWanted() {
    assertThat(
            sets.reconcile(
                Map.of("a", matched(Map.of(ONE, definition("nba"), TWO, definition("x"))))))
        .isTrue();
    assertThat(sets.reconcile(Map.of("a", matched(Map.of(ONE, definition("nba")))))).isTrue();
    assertThat(sets.reconcile(Map.of("a", matched(Map.of(ONE, definition("nba")))))).isTrue();
    assertThat(sets.reconcile(Map.of())).isTrue();

    assertThat(log).containsExactly("start a 2", "replace a 1", "end a");
    assertThat(sets.running()).isEmpty();
  }

  @Test
  void triesAgainToEndWhatDoesNotEndInTime() {
    sets.reconcile(Map.of("a", matched(Map.of(ONE, definition("nba")))));
    ends = false;
    assertThat(sets.reconcile(Map.of())).isFalse();
    assertThat(sets.ids()).containsExactly("a");

    ends = true;
    assertThat(sets.reconcile(Map.of())).isTrue();
    assertThat(sets.ids()).isEmpty();
    assertThat(log).containsExactly("start a 1", "end a", "end a");
  }

  @Test
  void closesWhatIsOnlyStopped() {
    sets.reconcile(Map.of("a", matched(Map.of(ONE, definition("nba")))));

    sets.close("a");

    assertThat(log).containsExactly("start a 1", "close a");
    assertThat(sets.ids()).isEmpty();
  }

  @Test
  void triesAgainWhatFailedForAReasonThatMayPass() {
    var wanted = Map.of("a", matched(Map.of(ONE, definition("nba"))));
    failure = new TimeoutException("the broker is away");
    assertThat(sets.reconcile(wanted)).isFalse();
    assertThat(sets.reconcile(wanted)).isFalse();
    assertThat(sets.refused()).containsExactly("the set a cannot run now: the broker is away");

    failure = null;
    assertThat(sets.reconcile(wanted)).isTrue();
    assertThat(sets.running()).hasSize(1);
    assertThat(sets.refused()).isEmpty();
    assertThat(log).containsExactly("start a 1", "start a 1", "start a 1");
  }

  @Test
  void triesAgainAReplacementThatFailed() {
    sets.reconcile(Map.of("a", matched(Map.of(ONE, definition("nba"), TWO, definition("x")))));
    var wanted = Map.of("a", matched(Map.of(ONE, definition("nba"))));
    failure = new TimeoutException("the broker is away");
    assertThat(sets.reconcile(wanted)).isFalse();

    failure = null;
    assertThat(sets.reconcile(wanted)).isTrue();
    assertThat(sets.refused()).isEmpty();
  }

  @Test
  void doesNotTryAgainWhatItsDefinitionsAreTheReasonFor() {
    var wrong = Map.of("a", matched(Map.of(ONE, definition("nba AND"))));
    var newer = Map.of("a", matched(Map.of(ONE, definition("nba", Matcher.VERSION + 1))));
    assertThat(sets.reconcile(wrong)).isTrue();
    assertThat(sets.reconcile(wrong)).isTrue();
    assertThat(log).hasSize(1);
    assertThat(sets.refused()).singleElement().asString().contains("ends too early");

    assertThat(sets.reconcile(newer)).isTrue();
    assertThat(sets.refused()).singleElement().asString().contains("upgrade it");
    assertThat(log).hasSize(1);

    // and: once they change
    assertThat(sets.reconcile(Map.of("a", matched(Map.of(ONE, definition("nba")))))).isTrue();
    assertThat(sets.refused()).isEmpty();
    assertThat(sets.running()).hasSize(1);
  }

  @Test
  void oneThatCannotRunKeepsNoOtherFromIt() {
    assertThat(
            sets.reconcile(
                Map.of(
                    "a",
                    matched(Map.of(ONE, definition("nba AND"))),
                    "b",
                    matched(Map.of(TWO, definition("chat"))))))
        .isTrue();

    assertThat(sets.ids()).containsExactly("b");
  }

  private Running start(String id, Members members) throws RuleException {
    log.add("start " + id + " " + members.matched().size());
    check(members);
    return new Running(id);
  }

  private void check(Members members) throws RuleException {
    if (failure != null) {
      throw failure;
    }
    for (FeedDefinition definition : members.matched().values()) {
      Rule.parse(definition.rule());
    }
  }

  private static Members matched(Map<FeedVersion, FeedDefinition> definitions) {
    return new Members(definitions, Set.of());
  }

  private static FeedDefinition definition(String rule) {
    return definition(rule, Matcher.VERSION);
  }

  private static FeedDefinition definition(String rule, int matcher) {
    return SomeFeed.of(rule).forMatcher(matcher).definition();
  }

  /** Says what is done with it. */
  private final class Running implements RunningSets.Running {
    private final String id;

    Running(String id) {
      this.id = id;
    }

    @Override
    public void replace(Members members) throws RuleException {
      log.add("replace " + id + " " + members.matched().size());
      check(members);
    }

    @Override
    public boolean end() {
      log.add("end " + id);
      return ends;
    }

    @Override
    public void close() {
      log.add("close " + id);
    }
  }
}
