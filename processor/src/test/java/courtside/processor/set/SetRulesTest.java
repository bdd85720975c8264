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
import courtside.processor.definition.SomeFeed;
import courtside.processor.feed.FeedRules;
import courtside.processor.rule.Matcher;
import courtside.processor.rule.RuleException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SetRulesTest {
  private static final FeedVersion NBA = FeedVersion.of("nba", "one");
  private static final FeedVersion CHAT = FeedVersion.of("chat", "one");
  private static final Did DID = new Did("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  private static final Instant SEEN = Instant.parse("2026-11-24T12:00:00Z");

  private int made;

  @Test
  void matchesWhatIsNotRemoved() throws Exception {
    Members both = new Members(Map.of(NBA, definition("nba"), CHAT, definition("chat")), Set.of());
    SetRules rules = new SetRules("a", both);
    FeedRules.Wanted first = rules.now();
    assertThat(matched(first, "nba chat")).containsExactlyInAnyOrder(NBA, CHAT);
    assertThat(first.versions()).containsExactly(CHAT, NBA);
    assertThat(first.removing()).isEmpty();
    assertThat(first.keep(NBA)).isEqualTo(Duration.ofDays(3));

    // when: one is removed, whoever has asked before goes on with what there was
    rules.replace(new Members(Map.of(CHAT, definition("chat")), Set.of(NBA)));
    assertThat(matched(first, "nba chat")).containsExactlyInAnyOrder(NBA, CHAT);
    assertThat(first.keep(NBA)).isEqualTo(Duration.ofDays(3));

    FeedRules.Wanted second = rules.now();
    assertThat(matched(second, "nba chat")).containsExactly(CHAT);
    assertThat(second.versions()).containsExactly(CHAT);
    assertThat(second.removing()).containsExactly(NBA);
    assertThatThrownBy(() -> second.keep(NBA)).hasMessageContaining("nba/one");

    // and: the other
    rules.replace(new Members(Map.of(), Set.of(NBA, CHAT)));
    assertThat(matched(rules.now(), "nba chat")).isEmpty();
  }

  @Test
  void aLargeSetThatLosesOneAfterTheOtherIsSeldomMadeAnew() throws Exception {
    Map<FeedVersion, FeedDefinition> left = new HashMap<>();
    for (int feed = 0; feed < 128; feed++) {
      left.put(FeedVersion.of("feed" + feed, "one"), definition("any"));
    }
    SetRules rules =
        new SetRules(
            "a",
            new Members(left, Set.of()),
            definitions -> {
              made++;
              return Matcher.of(definitions);
            });
    for (int feed = 0; feed < 128; feed++) {
      left.remove(FeedVersion.of("feed" + feed, "one"));
      rules.replace(new Members(left, Set.of()));
      assertThat(matched(rules.now(), "any")).isEqualTo(left.keySet());
    }
    assertThat(made).isBetween(2, 10);
  }

  @Test
  void whatCannotBeUsedChangesNothing() throws Exception {
    SetRules rules = new SetRules("a", new Members(Map.of(NBA, definition("any")), Set.of()));
    assertThatThrownBy(
            () -> rules.replace(new Members(Map.of(CHAT, definition("nba AND")), Set.of())))
        .isInstanceOf(RuleException.class);
    assertThat(matched(rules.now(), "any")).containsExactly(NBA);
  }

  private static Set<FeedVersion> matched(FeedRules.Wanted wanted, String text) throws Exception {
    return wanted.match(DID, post(text), SEEN).versions();
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
    return SomeFeed.of(rule).in("a").definition();
  }
}
