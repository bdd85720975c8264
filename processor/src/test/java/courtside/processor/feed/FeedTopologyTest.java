package courtside.processor.feed;

import static courtside.processor.feed.Events.account;
import static courtside.processor.feed.Events.at;
import static courtside.processor.feed.Events.created;
import static courtside.processor.feed.Events.updated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.record.PostSummary;
import courtside.atproto.syntax.Did;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.DeadLetter;
import courtside.processor.definition.SomeFeed;
import courtside.processor.letter.LetterBox;
import courtside.processor.letter.TestLetters;
import courtside.processor.metrics.Counts;
import courtside.processor.rule.Candidate;
import courtside.processor.rule.Matcher;
import courtside.processor.rule.Matches;
import courtside.processor.streams.ReadPositions;
import courtside.processor.streams.TestStreams;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FeedTopologyTest {
  private static final String DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
  private static final WordRules RULES = new WordRules(Map.of("nba", Duration.ofDays(3)));
  private static final WordRules TWO =
      new WordRules(Map.of("nba", Duration.ofDays(3), "fresh", Duration.ofDays(3)));

  @TempDir Path directory;

  @Test
  void isTheGraphThatWasReviewed() {
    try (TestStreams streams = new TestStreams(directory)) {
      StreamsConfig config = streams.config(FeedTopology.application("test"));
      Counts counts = new Counts(new SimpleMeterRegistry());
      assertThat(
              FeedTopology.build(
                      config,
                      RULES,
                      Memory.DEFAULT,
                      new ReadPositions(),
                      _ -> OptionalLong.empty(),
                      TestLetters.all(counts),
                      counts,
                      new Tallies())
                  .describe())
          .hasToString(
              """
              Topologies:
                 Sub-topology: 0
                  Source: posts (topics: [posts])
                    --> fold, losses
                  Processor: fold (stores: [entries])
                    --> dead-letters, items, status
                    <-- posts
                  Processor: losses (stores: [])
                    --> incidents
                    <-- posts
                  Sink: dead-letters (topic: firehose.dead-letters)
                    <-- fold
                  Sink: incidents (topic: firehose.incidents)
                    <-- losses
                  Sink: items (topic: feed.items)
                    <-- fold
                  Sink: status (topic: feed.status)
                    <-- fold

              """);
    }
  }

  @Test
  void saysEachSecondHowFarEachVersionIs() {
    try (FeedDriver driver = new FeedDriver(directory, RULES, Memory.DEFAULT)) {
      // given: before anything was read nobody knows where it stands
      assertThat(driver.tick().statuses()).isEmpty();

      driver.pipe(created(Events.uri(DID, "a"), 1, "nba", "2020-01-01T00:00:00Z"), at(1));
      driver.pipe(created(Events.uri(DID, "b"), 2, "weather", "2020-01-01T00:00:00Z"), at(2));

      Map<String, FeedStatus> statuses = driver.tick().statuses();
      assertThat(statuses).containsOnlyKeys("nba/v1/0");
      FeedStatus status = statuses.values().iterator().next();
      assertThat(status.position()).isEqualTo(2);
      assertThat(status.end()).isEqualTo(42);
      assertThat(status.seenAt()).isEqualTo(at(2));
      assertThat(status.read()).isEqualTo(2);
      assertThat(status.matched()).isEqualTo(1);
    }
  }

  @Test
  void putsAsideWhatCannotBeReadAndGoesOn() {
    try (FeedDriver driver = new FeedDriver(directory, RULES, Memory.DEFAULT)) {
      driver.pipe("garbage".getBytes(StandardCharsets.UTF_8), at(1));
      driver.pipe((byte[]) null, at(2));
      driver.pipe(created("at://nobody/a/b", 3, "nba", ""), at(3));
      driver.pipe(created(Events.uri(DID, "a"), 4, "nba", ""), at(4));

      assertThat(driver.letters())
          .extracting(DeadLetter::stage, DeadLetter::reason, DeadLetter::source)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("feeds", "bad_event", "posts-0@0"),
              org.assertj.core.groups.Tuple.tuple("feeds", "bad_event", "posts-0@1"),
              org.assertj.core.groups.Tuple.tuple("feeds", "bad_identifier", "posts-0@2"));
      assertThat(driver.feed("nba")).hasSize(1);
    }
  }

  @Test
  void keepsNoMoreLettersThanTheBudgetHasRoomForAndEveryEventBesideThem() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Counts counts = new Counts(registry);
    // Room for one letter, which has 64 KiB of what is longer, and not for two.
    LetterBox letters = TestLetters.of(100_000, counts);
    try (FeedDriver driver = new FeedDriver(directory, TWO, Memory.DEFAULT, letters, counts)) {
      String large = "x".repeat(70_000);

      // when: one rule fails at three posts, and what is no event comes between
      for (int i = 0; i < 3; i++) {
        driver.pipe(created(Events.uri(DID, "r" + i), 1, "fresh broken-nba " + large, ""), at(1));
        driver.pipe(large.getBytes(StandardCharsets.UTF_8), at(1));
      }

      // then: of six letters there is one, all six are counted, and the other feed lacks nothing
      assertThat(driver.letters()).extracting(DeadLetter::source).containsExactly("posts-0@0");
      assertThat(counts.deadLettersTotal()).isEqualTo(6);
      assertThat(
              registry
                  .get("courtside.processor.dead.letters.not.kept")
                  .tag("stage", "feeds")
                  .counter()
                  .count())
          .isEqualTo(5);
      assertThat(driver.feed("fresh"))
          .containsOnlyKeys(Events.uri(DID, "r0"), Events.uri(DID, "r1"), Events.uri(DID, "r2"));

      // and: a small one, for which there is room, is kept
      driver.pipe((byte[]) null, at(2));
      assertThat(driver.letters()).hasSize(1);
    }
  }

  @Test
  void putsAsideAPostThatCannotBeMatchedAndGoesOn() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Counts counts = new Counts(registry);
    try (FeedDriver driver = new FeedDriver(directory, RULES, Memory.DEFAULT, counts)) {
      String edited = Events.uri(DID, "edited");
      driver.pipe(created(edited, 1, "nba", ""), at(1));

      // when: one comes, another becomes one by an edit, and others follow
      driver.pipe(created(Events.uri(DID, "a"), 2, "unmatchable nba", ""), at(2));
      driver.pipe(updated(edited, 3, "unmatchable nba", ""), at(3));
      driver.pipe(created(Events.uri(DID, "b"), 4, "nba", ""), at(4));

      // then: what cannot be matched is in no feed, and its siblings are
      assertThat(driver.letters())
          .extracting(DeadLetter::stage, DeadLetter::reason, DeadLetter::source)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("feeds", "unmatchable", "posts-0@1"),
              org.assertj.core.groups.Tuple.tuple("feeds", "unmatchable", "posts-0@2"));
      assertThat(counts.deadLettersTotal()).isEqualTo(2);
      assertThat(driver.feed("nba")).containsOnlyKeys(Events.uri(DID, "b"));

      // and: its revision counts, whatever older comes again
      driver.pipe(created(edited, 1, "nba", ""), at(5));
      assertThat(driver.feed("nba")).containsOnlyKeys(Events.uri(DID, "b"));
    }
  }

  @Test
  void aRuleThatCannotBeMatchedKeepsAPostFromItsOwnFeedAlone() {
    try (FeedDriver driver = new FeedDriver(directory, TWO, Memory.DEFAULT)) {
      String edited = Events.uri(DID, "edited");
      driver.pipe(created(edited, 1, "nba fresh", ""), at(1));

      // when: the rule of one feed fails at a post, and at what another became
      driver.pipe(created(Events.uri(DID, "a"), 2, "nba fresh broken-nba", ""), at(2));
      driver.pipe(updated(edited, 3, "nba fresh broken-nba", ""), at(3));

      // then: the other feed has both, and one letter for each names the rule
      assertThat(driver.feed("fresh")).containsOnlyKeys(edited, Events.uri(DID, "a"));
      assertThat(driver.feed("nba")).isEmpty();
      assertThat(driver.letters())
          .extracting(DeadLetter::reason, DeadLetter::source, DeadLetter::detail)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple(
                  "unmatchable", "posts-0@1", "the rule of nba/v1 cannot be matched"),
              org.assertj.core.groups.Tuple.tuple(
                  "unmatchable", "posts-0@2", "the rule of nba/v1 cannot be matched"));
    }
  }

  @Test
  void endsAtDamageToItsOwnStoreAndBlamesNoEvent() {
    String uri = Events.uri(DID, "a");
    try (FeedDriver driver = new FeedDriver(directory, RULES, Memory.DEFAULT)) {
      driver.damage(new StateKey(DID, "a"));

      assertThatThrownBy(() -> driver.pipe(created(uri, 1, "nba", ""), at(1)))
          .hasStackTraceContaining("SerializationException");
      assertThat(driver.letters()).isEmpty();
    }
    try (FeedDriver driver = new FeedDriver(directory.resolve("b"), RULES, Memory.DEFAULT)) {
      driver.damage(StateKey.ofAccount(DID));

      assertThatThrownBy(() -> driver.pipe(account(DID, true, "", 1), at(1)))
          .hasStackTraceContaining("SerializationException");
      assertThat(driver.letters()).isEmpty();
    }
  }

  @Test
  void matchesAPostWhoseWordsFoldingMakesTooLong() throws Exception {
    Matcher matcher = Matcher.of(Map.of(WordRules.version("nba"), nba()));
    FeedRules.Wanted wanted =
        new FeedRules.Wanted() {
          @Override
          public Matches match(Did author, PostSummary post, Instant seen) {
            return matcher.match(new Candidate(author, post, seen));
          }

          @Override
          public Duration keep(FeedVersion version) {
            return nba().keep();
          }

          @Override
          public List<FeedVersion> versions() {
            return List.of(WordRules.version("nba"));
          }

          @Override
          public Set<FeedVersion> removing() {
            return Set.of();
          }
        };
    FeedRules rules =
        new FeedRules() {
          @Override
          public String set() {
            return "set";
          }

          @Override
          public Wanted now() {
            return wanted;
          }
        };
    try (FeedDriver driver = new FeedDriver(directory, rules, Memory.DEFAULT)) {
      driver.pipe(created(Events.uri(DID, "a"), 1, "nba " + "\uFDFA".repeat(1_000), ""), at(1));
      driver.pipe(created(Events.uri(DID, "b"), 2, "nba", ""), at(2));

      assertThat(driver.feed("nba")).hasSize(2);
      assertThat(driver.letters()).isEmpty();
    }
  }

  private static FeedDefinition nba() {
    return SomeFeed.of("nba").definition();
  }

  @Test
  void entriesHaveTheseBytes() {
    Entry entry =
        new Entry(
            "3kaaaaaaaaa2a",
            Instant.ofEpochMilli(5),
            Optional.of(
                new Content(
                    "bafy", "text", List.of("en"), List.of("l"), List.of("a"), List.of("x"))),
            List.of(
                new Match(
                    "nba",
                    "v1",
                    Instant.ofEpochMilli(1),
                    Instant.ofEpochMilli(2),
                    Instant.ofEpochMilli(3))));
    assertGolden(
        Entry.FORMAT.encode(entry),
        "bf637265766d336b6161616161616161613261667365656e41740567636f6e74656e74bf63636964"
            + "646261667964746578746474657874656c616e67738162656e656c696e6b7381616c68616c745465"
            + "787473816161666c6162656c73816178ff676d61746368657381bf6466656564636e626167766572"
            + "73696f6e62763166736f72744174016573696e6365026965787069726573417403ffff");
    assertThat(Entry.FORMAT.decode(Entry.FORMAT.encode(entry))).isEqualTo(entry);
  }

  @Test
  void accountsHaveTheseBytes() {
    Account account =
        new Account(
            false,
            Instant.ofEpochMilli(1),
            7,
            Instant.ofEpochMilli(2),
            Optional.of(Instant.ofEpochMilli(3)));
    assertGolden(
        Account.FORMAT.encode(account),
        "bf66616374697665f4696672616d6554696d650168706f736974696f6e07667365656e4174026c64"
            + "656c6574656453696e636503ff");
    assertThat(Account.FORMAT.decode(Account.FORMAT.encode(account))).isEqualTo(account);
  }

  private static void assertGolden(byte[] bytes, String hex) {
    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(hex);
  }

  @Test
  void anAccountStandsBeforeItsPostsAndNothingBetween() {
    List<StateKey> inOrder =
        List.of(
            StateKey.ofAccount("did:plc:a"),
            new StateKey("did:plc:a", "-"),
            new StateKey("did:plc:a", "~"),
            StateKey.ofAccount("did:plc:a-"),
            StateKey.ofAccount("did:plc:aa"));
    assertThat(inOrder.stream().map(StateKey::bytes).sorted().map(StateKey::read).toList())
        .isEqualTo(inOrder);
  }
}
