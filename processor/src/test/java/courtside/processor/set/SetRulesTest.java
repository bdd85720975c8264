package courtside.processor.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.record.Post;
import courtside.atproto.record.PostSummary;
import courtside.atproto.syntax.Did;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.feed.FeedRules;
import courtside.processor.rule.Candidate;
import courtside.processor.rule.Matcher;
import courtside.processor.rule.RuleException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SetRulesTest {
  private static final FeedVersion NBA = FeedVersion.of("nba", "one");
  private static final FeedVersion CHAT = FeedVersion.of("chat", "one");
  private static final Did DID = new Did("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  private static final Instant SEEN = Instant.parse("2026-11-24T12:00:00Z");

  private final List<Matcher> made = new ArrayList<>();

  @AfterEach
  void freesEveryMatcher() {
    assertThat(made).isNotEmpty().allMatch(SetRulesTest::isClosed);
  }

  @Test
  void matchesWhatIsNotRemoved() throws Exception {
    Members both = new Members(Map.of(NBA, definition("nba"), CHAT, definition("chat")), Set.of());
    try (SetRules rules = new SetRules("a", both, this::make)) {
      try (FeedRules.Wanted wanted = rules.now()) {
        assertThat(wanted.match(DID, post("nba chat"), SEEN).versions())
            .containsExactlyInAnyOrder(NBA, CHAT);
        assertThat(wanted.versions()).containsExactly(CHAT, NBA);
        assertThat(wanted.removing()).isEmpty();
        assertThat(wanted.keep(NBA)).isEqualTo(Duration.ofDays(3));

        // when: one is removed, whoever has asked before goes on with what there was
        rules.replace(new Members(Map.of(CHAT, definition("chat")), Set.of(NBA)));
        assertThat(wanted.match(DID, post("nba chat"), SEEN).versions())
            .containsExactlyInAnyOrder(NBA, CHAT);
        assertThat(wanted.keep(NBA)).isEqualTo(Duration.ofDays(3));
      }
      try (FeedRules.Wanted wanted = rules.now()) {
        assertThat(wanted.match(DID, post("nba chat"), SEEN).versions()).containsExactly(CHAT);
        assertThat(wanted.versions()).containsExactly(CHAT);
        assertThat(wanted.removing()).containsExactly(NBA);
        assertThatThrownBy(() -> wanted.keep(NBA)).hasMessageContaining("nba/one");
      }

      // and: the other
      rules.replace(new Members(Map.of(), Set.of(NBA, CHAT)));
      try (FeedRules.Wanted wanted = rules.now()) {
        assertThat(wanted.match(DID, post("nba chat"), SEEN).versions()).isEmpty();
      }
    }
  }

  @Test
  void aMatcherIsFreedOnceItIsReplacedAndNobodyHasIt() throws Exception {
    SetRules rules = new SetRules("a", matched(NBA, CHAT), this::make);
    FeedRules.Wanted first = rules.now();
    FeedRules.Wanted second = rules.now();

    rules.replace(matched(CHAT));
    assertThat(made).hasSize(2).noneMatch(SetRulesTest::isClosed);
    first.close();
    assertThat(made).noneMatch(SetRulesTest::isClosed);
    second.close();
    assertThat(isClosed(made.get(0))).isTrue();
    assertThat(isClosed(made.get(1))).isFalse();

    // and: at the end the last one, after whoever has it
    FeedRules.Wanted last = rules.now();
    rules.close();
    assertThat(isClosed(made.get(1))).isFalse();
    assertThat(last.match(DID, post("any"), SEEN).versions()).containsExactly(CHAT);
    last.close();
    assertThatThrownBy(rules::now).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aLargeSetThatLosesOneAfterTheOtherIsSeldomMadeAnew() throws Exception {
    Map<FeedVersion, FeedDefinition> left = new HashMap<>();
    for (int feed = 0; feed < 128; feed++) {
      left.put(FeedVersion.of("feed" + feed, "one"), definition("any"));
    }
    try (SetRules rules = new SetRules("a", new Members(left, Set.of()), this::make)) {
      for (int feed = 0; feed < 128; feed++) {
        left.remove(FeedVersion.of("feed" + feed, "one"));
        rules.replace(new Members(left, Set.of()));
        try (FeedRules.Wanted wanted = rules.now()) {
          assertThat(wanted.match(DID, post("any"), SEEN).versions()).isEqualTo(left.keySet());
        }
        assertThat(made.stream().filter(matcher -> !isClosed(matcher)))
            .hasSize(left.isEmpty() ? 0 : 1);
      }
    }
    assertThat(made).hasSizeLessThanOrEqualTo(10);
  }

  @Test
  void whatCannotBeUsedChangesNothing() throws Exception {
    try (SetRules rules = new SetRules("a", matched(NBA), this::make)) {
      assertThatThrownBy(
              () -> rules.replace(new Members(Map.of(CHAT, definition("nba AND")), Set.of())))
          .isInstanceOf(RuleException.class);
      try (FeedRules.Wanted wanted = rules.now()) {
        assertThat(wanted.match(DID, post("any"), SEEN).versions()).containsExactly(NBA);
      }
    }
  }

  @Test
  void nobodyIsGivenOneThatIsFreed() throws Exception {
    // given: threads that match as fast as they can while versions come and go
    CountDownLatch done = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Future<Integer>> matching = new ArrayList<>();
      try (SetRules rules = new SetRules("a", matched(NBA, CHAT), this::make)) {
        for (int thread = 0; thread < 3; thread++) {
          matching.add(
              threads.submit(() -> {
                int matches = 0;
                while (done.getCount() > 0) {
                  try (FeedRules.Wanted wanted = rules.now()) {
                    matches += wanted.match(DID, post("any"), SEEN).versions().size();
                  }
                }
                return matches;
              }));
        }
        for (int round = 0; round < 50; round++) {
          rules.replace(matched(NBA));
          rules.replace(matched(NBA, CHAT));
        }
        done.countDown();
        // then: none of them was given one that was closed
        for (Future<Integer> one : matching) {
          assertThat(one.get(30, TimeUnit.SECONDS)).isNotNegative();
        }
      }
    }
  }

  private Matcher make(Map<FeedVersion, FeedDefinition> definitions) throws RuleException {
    Matcher matcher = Matcher.of(definitions);
    if (!definitions.isEmpty()) {
      // One that asks for nothing does not tell whether it is closed.
      made.add(matcher);
    }
    return matcher;
  }

  private static boolean isClosed(Matcher matcher) {
    try {
      matcher.match(new Candidate(DID, post("any"), SEEN));
      return false;
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("asked after it was closed");
      return true;
    }
  }

  private static Members matched(FeedVersion... versions) {
    Map<FeedVersion, FeedDefinition> definitions = new HashMap<>();
    for (FeedVersion version : versions) {
      definitions.put(version, definition("any"));
    }
    return new Members(definitions, Set.of());
  }

  private static PostSummary post(String text) {
    byte[] record =
        DagCborWriter.write(
            Map.of("$type", "app.bsky.feed.post", "text", text, "createdAt", SEEN.toString()));
    try {
      return Post.read(Bytes.of(record)).summary();
    } catch (courtside.atproto.MalformedDataException e) {
      throw new AssertionError("a post that is none", e);
    }
  }

  private static FeedDefinition definition(String rule) {
    return new FeedDefinition(
        "a",
        Matcher.VERSION,
        "Feed",
        "",
        rule,
        "",
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Duration.ofDays(3),
        Optional.empty(),
        false);
  }
}
