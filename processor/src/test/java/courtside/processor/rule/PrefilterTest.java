package courtside.processor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.definition.SomeFeed;
import courtside.processor.rule.RandomRules.Made;
import courtside.processor.rule.RandomRules.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.lucene.index.memory.MemoryIndex;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PrefilterTest {
  private static final int RULES = 250;
  private static final int POSTS = 200;

  /** {@code -Dcourtside.seed=… -Dcourtside.pairs=10000000} for others, or more of them. */
  private final long seed = Long.getLong("courtside.seed", System.nanoTime());

  private final int pairs = Integer.getInteger("courtside.pairs", 100_000);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nba                                | text:=nba",
        "nba lakers                         | text:=nba text:=lakers",
        "(nba OR lakers) OR tag:#NBA        | text:=nba text:=lakers tag:=nba",
        "basketball AND nba                 | text:=basketball",
        "+nba +basketball                   | text:=basketball",
        "(nba lakers) AND (hoops dunks)     | text:=hoops text:=dunks",
        "nba -wnba                          | text:=nba",
        "\"golden state warriors\"          | text:=warriors",
        "buzzer-beater                      | text:=buzzer",
        "\"golden warriors\"~3              | text:=warriors",
        "八村塁                               | text:=八",
        "lak*                               | text:=lak…",
        "*kers                              | text:…kers=",
        "l?kers                             | text:…kers=",
        "*a?kers*                           | text:…kers…",
        "link:\\*kers\\?*                   | link:=*kers?…",
        "nba^3                              | text:=nba",
        "fuzzy~ AND nba                     | text:=nba",
        "alt:(nba lakers)                   | alt:=nba alt:=lakers",
        "host:NBA.com                       | host:=nba.com",
        "link:*nba.com\\/news*              | link:…nba.com/news…",
        "lang:pt                            | lang:=pt",
        "author:\"did:plc:A\" kind:reply    | author:=did:plc:A kind:=reply",
        "JOKIĆ                              | text:=jokic",
      })
  void looksForWhatMustOccur(String rule, String literals) throws Exception {
    Set<Literal> found = Literals.of(Rule.parse(rule).query()).orElseThrow();

    assertThat(Rule.parse(rule).looksAtEveryPost()).isFalse();
    assertThat(found.stream().map(PrefilterTest::written))
        .containsExactlyInAnyOrder(literals.split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // What is left out comes to less than the threshold.
        "3 | nba^3 ok hoops a                | text:=nba text:=hoops",
        "3 | nba^3 (a b c)^2 hoops           | text:=nba text:=hoops",
        "2 | nba lakers                      | text:=lakers",
        "2 | nba^2 fuzzy~ lakers             | text:=nba text:=lakers",
        "3 | nba^2 hoops^2 lakers^2          | text:=lakers text:=hoops",
      })
  void looksForWhatEvidenceCannotDoWithout(int threshold, String rule, String literals)
      throws Exception {
    assertThat(
            Literals.of(Rule.parse(rule, Optional.of(threshold)).query()).orElseThrow().stream()
                .map(PrefilterTest::written))
        .containsExactlyInAnyOrder(literals.split(" "));
  }

  private static String written(Literal literal) {
    return literal.field().fieldName()
        + ":"
        + (literal.starts() ? "=" : "…")
        + literal.text()
        + (literal.ends() ? "" : "…")
        + (literal.ends() && !literal.starts() ? "=" : "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*:*",
        "text:*",
        "fuzzy~",
        "/l[ae]kers/",
        "[a TO b]",
        "*:* -nba",
        "nba OR fuzzy~",
        "nba OR (*:* -lakers)",
        "(fuzzy~ [a TO b]) AND /x/",
        "??",
        "kind:*",
      })
  void aRuleThatMayMatchWhereNothingParticularOccursIsNotFiltered(String rule) throws Exception {
    assertThat(Literals.of(Rule.parse(rule).query())).isEmpty();
    assertThat(Rule.parse(rule).looksAtEveryPost()).isTrue();
  }

  @Test
  void aRuleThatIsNotFilteredTakesNoOtherWithIt() throws Exception {
    Prefilter prefilter =
        new Prefilter(
            Stream.of("nba", "*:*", "lakers", "fuzzy~").map(PrefilterTest::parse).toList());

    assertThat(prefilter.passing(Posts.text("the Lakers").candidate()).stream())
        .containsExactly(1, 2, 3);
    assertThat(prefilter.passing(Posts.text("").candidate()).stream()).containsExactly(1, 3);
    assertThat(new Prefilter(List.of()).passing(Posts.text("nba").candidate()).isEmpty()).isTrue();
  }

  /**
   * Whatever the rule and the post: what matches passes, by a search with Lucene alone; and what
   * the matcher finds is what that search finds.
   */
  @Test
  void whatMatchesPasses() throws Exception {
    Random random = new Random(seed);
    List<Candidate> recorded = new ArrayList<>(RecordedPosts.bundled());
    Collections.shuffle(recorded, random);
    Tally tally = new Tally();
    for (int round = 0; tally.asked < pairs; round++) {
      RandomText text = new RandomText(random, 40);
      RandomRules rules = new RandomRules(random, text);
      List<Candidate> posts = new ArrayList<>();
      for (int i = 0; i < POSTS; i++) {
        posts.add(i % 4 == 0 ? recorded.get((round * POSTS + i) % recorded.size()) : rules.post());
      }
      check(round, rules, posts, tally);
    }
    System.out.printf(
        "seed %d: of %,d pairs of rule and post %,d match and %,d pass; rules refused: %d of %d;"
            + " matches by what the rule is made of: %s%n",
        seed, tally.asked, tally.matched, tally.passed, tally.refused, tally.made, tally.byShape);
    // A test in which nothing matches, or everything passes, would show nothing.
    assertThat(tally.byShape).containsOnlyKeys(Shape.values());
    assertThat(tally.matched).isGreaterThan(tally.asked / 50);
    assertThat(tally.passed).isLessThan(tally.asked * 3 / 4);
    assertThat(tally.refused).isLessThan(tally.made / 2);
  }

  /** What the test saw. */
  private static final class Tally {
    private int made;
    private int refused;
    private int asked;
    private int matched;
    private int passed;
    private final Map<Shape, Integer> byShape = new EnumMap<>(Shape.class);
  }

  private void check(int round, RandomRules random, List<Candidate> posts, Tally tally)
      throws Exception {
    List<Made> rules = new ArrayList<>();
    List<Query> queries = new ArrayList<>();
    Map<FeedVersion, FeedDefinition> feeds = new LinkedHashMap<>();
    while (rules.size() < RULES) {
      Made made = random.rule();
      tally.made++;
      try {
        queries.add(Rule.parse(made.rule(), made.threshold()).query());
      } catch (RuleException _) {
        tally.refused++;
        continue;
      }
      feeds.put(
          FeedVersion.of("f" + rules.size(), "1"),
          SomeFeed.of(made.rule()).threshold(made.threshold()).definition());
      rules.add(made);
    }
    Prefilter prefilter = new Prefilter(queries);
    Matcher matcher = Matcher.of(feeds);
    for (Candidate post : posts) {
      BitSet passing = prefilter.passing(post);
      BitSet matching = searched(post, queries);
      tally.asked += rules.size();
      tally.passed += passing.cardinality();
      tally.matched += matching.cardinality();
      for (int i = matching.nextSetBit(0); i >= 0; i = matching.nextSetBit(i + 1)) {
        assertThat(passing.get(i))
            .as("seed %d, round %d: %s matches %s and must pass", seed, round, rules.get(i), post)
            .isTrue();
        rules.get(i).shapes().forEach(shape -> tally.byShape.merge(shape, 1, Integer::sum));
      }
      BitSet found = new BitSet();
      matcher
          .match(post)
          .versions()
          .forEach(version -> found.set(Integer.parseInt(version.feed().value().substring(1))));
      assertThat(found).as("seed %d, round %d: %s", seed, round, post).isEqualTo(matching);
    }
  }

  /** Which match, as Lucene alone says. */
  private static BitSet searched(Candidate post, List<Query> queries) throws Exception {
    MemoryIndex index = new MemoryIndex();
    for (Field field : Field.values()) {
      for (String value : PostValues.of(post, field)) {
        index.addField(field.fieldName(), value, Field.POST_ANALYZER);
      }
    }
    IndexSearcher searcher = index.createSearcher();
    BitSet matching = new BitSet();
    for (int i = 0; i < queries.size(); i++) {
      matching.set(i, searcher.count(queries.get(i)) > 0);
    }
    return matching;
  }

  private static Query parse(String rule) {
    try {
      return Rule.parse(rule).query();
    } catch (RuleException e) {
      throw new IllegalArgumentException(rule, e);
    }
  }
}
