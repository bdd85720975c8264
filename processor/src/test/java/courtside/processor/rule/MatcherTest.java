package courtside.processor.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.syntax.Did;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.definition.SomeFeed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.lucene.index.memory.MemoryIndex;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MatcherTest {
  private static final FeedVersion FEED = FeedVersion.of("feed", "1");
  private static final Did FRIEND = new Did("did:plc:bbbbbbbbbbbbbbbbbbbbbbbb");
  private static final Did FOE = new Did("did:plc:cccccccccccccccccccccccc");

  record Case(String rule, Posts post, boolean expected) {}

  static Stream<Case> cases() {
    return Stream.of(
        // Words.
        yes("lakers", Posts.text("The LAKERS win")),
        no("lakers", Posts.text("Lakersland")),
        yes("lakers knicks", Posts.text("Go Knicks")),
        no("lakers knicks", Posts.text("Go Nets")),
        yes("heat AND basketball", Posts.text("basketball and the heat")),
        no("heat AND basketball", Posts.text("the heat today")),
        no("lakers -wnba", Posts.text("lakers, wnba")),
        yes("*:* -wnba", Posts.text("anything")),
        no("*:* -wnba", Posts.text("the WNBA")),
        yes("(a AND b) OR (c AND NOT d)", Posts.text("c e")),
        no("(a AND b) OR (c AND NOT d)", Posts.text("c d")),
        // Phrases and proximity.
        yes("\"golden state\"", Posts.text("Golden  State!")),
        no("\"golden state\"", Posts.text("state golden")),
        yes("\"curry three\"~3", Posts.text("Curry hits another three")),
        no("\"curry three\"~1", Posts.text("Curry hits yet another big three")),
        yes("buzzer-beater", Posts.text("a buzzer beater")),
        no("buzzer-beater", Posts.text("the buzzer, no beater")),
        // Patterns.
        yes("lak*", Posts.text("Lakers")),
        yes("*kers", Posts.text("Lakers")),
        yes("l?kers", Posts.text("LAKERS")),
        no("l?kers", Posts.text("laakers")),
        yes("doncicc~1", Posts.text("Dončić")),
        no("doncicc~1", Posts.text("Donovan")),
        yes("/l[ae]kers/", Posts.text("Lekers")),
        yes("[lakera TO lakerz]", Posts.text("lakers")),
        no("[lakera TO lakerz]", Posts.text("knicks")),
        yes("ДОНЧ*", Posts.text("Дончич")),
        yes("JOKIĆ*", Posts.text("jokicball")),
        // Everything.
        yes("*:*", Posts.text("")),
        yes("*:*", Posts.text("🏀")),
        no("text:*", Posts.text("")),
        yes("text:*", Posts.text("x")),
        // Scripts.
        yes("jokic", Posts.text("Nikola JOKIĆ")),
        yes("jokić", Posts.text("jokic")),
        yes("\"nikola jokic\"", Posts.text("Nikola Jokić’s pass")),
        yes("nba", Posts.text("la sera dell'NBA")),
        yes("nba", Posts.text("l’NBA, enfin")),
        yes("\"de'aaron fox\"", Posts.text("De’Aaron Fox")),
        yes("лейкерс", Posts.text("«ЛЕЙКЕРС» выиграли")),
        no("лейкерс", Posts.text("Лейкерсы")),
        yes("レイカーズ", Posts.text("昨日のレイカーズが勝った")),
        yes("レイカーズ", Posts.text("ロサンゼルス・レイカーズ")),
        yes("レイカーズ", Posts.text("ﾚｲｶｰｽﾞの試合")),
        no("ネッツ", Posts.text("プラネッツ")),
        yes("八村塁", Posts.text("昨日の八村塁選手がすごかった")),
        no("八村塁", Posts.text("村八塁")),
        yes("湖人", Posts.text("洛杉矶湖人队赢了")),
        yes("がんばれ", Posts.text("日本がんばれ！")),
        yes("레이커스", Posts.text("오늘 레이커스 경기")),
        yes("레이커스*", Posts.text("레이커스가 이겼다")),
        yes("ليكرز", Posts.text("فريق لِيكَرز فاز")),
        yes("كرة", Posts.text("كُرَة السلة")),
        yes("nba", Posts.text("ＮＢＡ")),
        yes("lakers", Posts.text("🏀Lakers🏀")),
        yes("lakers", Posts.text("👨‍👩‍👧‍👦lakers🏳️‍🌈")),
        yes("🏀", Posts.text("win 🏀🏀")),
        yes("nba", Posts.text("#NBA")),
        yes("nba", Posts.text("NBA:Lakers")),
        yes("nba", Posts.text("Suomalaiset NBA:ssa")),
        yes("nba", Posts.text("NBA日本")),
        yes("straße", Posts.text("STRASSE")),
        yes("istanbul", Posts.text("İstanbul")),
        // Tags.
        yes("tag:nba", Posts.text("").tags("NBA")),
        yes("tag:#NBA", Posts.text("").tags("nba")),
        yes("tag:nba", Posts.text("").tags("#NBA")),
        yes("tag:nba", Posts.text("").tags("ＮＢＡ")),
        yes("tag:doncic", Posts.text("").tags("x", "Dončić")),
        yes("tag:\"nba finals\"", Posts.text("").tags("NBA Finals")),
        yes("tag:nba*", Posts.text("").tags("NBATwitter")),
        yes("tag:#nba*", Posts.text("").tags("NBATwitter")),
        no("tag:nba", Posts.text("#NBA in the text alone").tags("NBATwitter")),
        no("nba", Posts.text("").tags("NBA")),
        yes("tag:(nba lakeshow)", Posts.text("").tags("LakeShow")),
        // Links and hosts.
        yes("host:nba.com", Posts.text("").links("https://www.NBA.com/game")),
        yes("host:www.nba.com", Posts.text("").links("https://www.nba.com")),
        no("host:nba.com", Posts.text("").links("https://wnba.com/x")),
        no("host:nba.com", Posts.text("").links("https://evil.example/nba.com")),
        yes("host:nba.com", Posts.text("").links("http://user:pw@nba.com.:8080?x")),
        no("host:nba.com", Posts.text("").links("nba.com", "https://", "://", "mailto:x@nba.com")),
        yes("host:\"[::1]\"", Posts.text("").links("http://[::1]:80/")),
        yes("link:\"https://nba.com/a?b\"", Posts.text("").links("https://NBA.com/A?b")),
        no("link:\"https://nba.com/a\"", Posts.text("").links("https://nba.com/a?b")),
        yes("link:*nba.com\\/news*", Posts.text("").links("https://nba.com/news/1")),
        // Descriptions and cards.
        yes("alt:knicks", Posts.text("").alts("A Knicks jersey")),
        no("knicks", Posts.text("").alts("A Knicks jersey")),
        no("alt:\"jersey lakers\"", Posts.text("").alts("a jersey", "lakers")),
        yes("card:trade", Posts.text("").card("News", "The trade is done")),
        // Language, author, kind.
        yes("lang:pt", Posts.text("").langs("pt-BR")),
        yes("lang:pt-br", Posts.text("").langs("en", "pt-BR")),
        no("lang:pt", Posts.text("").langs("ptx", "en")),
        yes("author:\"" + Posts.AUTHOR + "\"", Posts.text("")),
        no("author:\"" + FRIEND + "\"", Posts.text("")),
        yes("kind:post", Posts.text("")),
        no("kind:post", Posts.text("").kinds(true, false, false)),
        yes("kind:reply", Posts.text("").kinds(true, false, false)),
        yes("kind:Quote AND kind:media", Posts.text("").kinds(false, true, true)),
        no("kind:quote OR kind:media OR kind:reply", Posts.text("")),
        // Self-labels.
        yes("label:porn", Posts.text("").labels("nudity", "porn")),
        yes("label:graphic-media", Posts.text("").labels("graphic-media")),
        yes("label:\\!no-unauthenticated", Posts.text("").labels("!no-unauthenticated")),
        yes("label:*", Posts.text("").labels("sexual")),
        no("label:*", Posts.text("porn")),
        no("nba -label:porn", Posts.text("nba").labels("porn")),
        no("porn", Posts.text("").labels("porn")),
        // Bounds.
        yes("end", Posts.text("x".repeat(2_000) + " end")),
        no("end", Posts.text("x ".repeat(2_000) + " end")),
        no("host:com", Posts.text("").links("https://" + "a.".repeat(200) + "com")),
        yes("host:com", Posts.text("").links("https://" + "a.".repeat(100) + "com")),
        yes("*:*", Posts.text("😀".repeat(100_000)).tags("#", "", "\uD83D")));
  }

  private static Case yes(String rule, Posts post) {
    return new Case(rule, post, true);
  }

  private static Case no(String rule, Posts post) {
    return new Case(rule, post, false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void matchesByFieldsAndOperators(Case one) throws Exception {
    Matcher matcher = Matcher.of(Map.of(FEED, rule(one.rule())));
    assertThat(found(matcher, one.post().candidate()).contains(FEED)).isEqualTo(one.expected());
  }

  @Test
  void agreesWithASearchForEachRuleAlone() throws Exception {
    // given every rule of the table as a feed of one matcher, each with another's as exclusion too
    List<String> rules = cases().map(Case::rule).distinct().toList();
    Map<FeedVersion, FeedDefinition> feeds = new LinkedHashMap<>();
    Map<FeedVersion, Rule[]> alone = new LinkedHashMap<>();
    for (int i = 0; i < rules.size(); i++) {
      String exclude = rules.get((i + 7) % rules.size());
      FeedVersion plain = FeedVersion.of("feed", "plain" + i);
      FeedVersion excluding = FeedVersion.of("feed", "excluding" + i);
      feeds.put(plain, rule(rules.get(i)));
      alone.put(plain, new Rule[] {Rule.parse(rules.get(i))});
      feeds.put(excluding, excluding(rules.get(i), exclude));
      alone.put(excluding, new Rule[] {Rule.parse(rules.get(i)), Rule.parse(exclude)});
    }
    List<Candidate> posts = cases().map(c -> c.post().candidate()).toList();

    // when each post is matched, then exactly those match that a plain search finds
    Matcher matcher = Matcher.of(feeds);
    for (Candidate post : posts) {
      MemoryIndex index = new MemoryIndex();
      for (Field field : Field.values()) {
        PostValues.of(post, field)
            .forEach(value -> index.addField(field.fieldName(), value, Field.POST_ANALYZER));
      }
      Set<FeedVersion> expected = new LinkedHashSet<>();
      alone.forEach((version, parts) -> {
        if (index.search(parts[0].query()) > 0
            && (parts.length == 1 || index.search(parts[1].query()) == 0)) {
          expected.add(version);
        }
      });
      assertThat(found(matcher, post)).isEqualTo(expected);
    }
  }

  @Test
  void excludesWhatTheExclusionMatches() throws Exception {
    Matcher matcher = Matcher.of(Map.of(FEED, excluding("nba", "wnba tag:bets")));
    assertThat(found(matcher, Posts.text("NBA").candidate())).containsExactly(FEED);
    assertThat(found(matcher, Posts.text("NBA, WNBA").candidate())).isEmpty();
    assertThat(found(matcher, Posts.text("NBA").tags("Bets").candidate())).isEmpty();
  }

  @Test
  void anIncludedAuthorNeedsNoRuleAndABlockedOneHasNoChance() throws Exception {
    FeedDefinition definition =
        SomeFeed.of("nba")
            .excluding("wnba")
            .languages("en")
            .include(FRIEND, FOE)
            .block(FOE)
            .maxAge(Duration.ofDays(1))
            .definition();
    Posts english = Posts.text("wnba").langs("en");
    Matcher matcher = Matcher.of(Map.of(FEED, definition));
    assertThat(found(matcher, english.by(FRIEND))).containsExactly(FEED);
    assertThat(found(matcher, english.by(Posts.AUTHOR))).isEmpty();
    assertThat(found(matcher, Posts.text("nba").langs("en").by(FOE))).isEmpty();
    // Languages and age say which posts, not whose.
    assertThat(found(matcher, Posts.text("wnba").langs("fr").by(FRIEND))).isEmpty();
    assertThat(found(matcher, english.createdAt("2026-01-01T00:00:00Z").by(FRIEND))).isEmpty();
  }

  @Test
  void aFeedOfAuthorsAloneNeedsNoRule() throws Exception {
    FeedDefinition definition = SomeFeed.of("").include(FRIEND).definition();
    Matcher matcher = Matcher.of(Map.of(FEED, definition));
    assertThat(found(matcher, Posts.text("x").by(FRIEND))).containsExactly(FEED);
    assertThat(found(matcher, Posts.text("x").by(FOE))).isEmpty();
  }

  @Test
  void keepsTheLanguagesThatAreWanted() throws Exception {
    FeedDefinition definition = SomeFeed.of("*:*").languages("pt", "zh-hant").definition();
    Matcher matcher = Matcher.of(Map.of(FEED, definition));
    for (String lang : List.of("pt", "PT", "pt-BR", "zh-Hant", "zh-hant-TW")) {
      assertThat(found(matcher, Posts.text("").langs("en", lang).candidate()))
          .as(lang)
          .containsExactly(FEED);
    }
    for (String lang : List.of("en", "ptx", "zh", "zh-Hans", "p")) {
      assertThat(found(matcher, Posts.text("").langs(lang).candidate())).as(lang).isEmpty();
    }
    assertThat(found(matcher, Posts.text("").candidate())).isEmpty();
  }

  @Test
  void comparesAgeWithTheTimeSeen() throws Exception {
    FeedDefinition definition = SomeFeed.of("*:*").maxAge(Duration.ofDays(7)).definition();
    Matcher matcher = Matcher.of(Map.of(FEED, definition));
    assertThat(found(matcher, Posts.text("").createdAt("2026-01-08T12:00:00Z").candidate()))
        .containsExactly(FEED);
    assertThat(found(matcher, Posts.text("").createdAt("2026-01-08T11:59:59.999Z").candidate()))
        .isEmpty();
    assertThat(found(matcher, Posts.text("").createdAt("9999-12-31T23:59:59Z").candidate()))
        .containsExactly(FEED);
    assertThat(found(matcher, Posts.text("").createdAt("-1000000000-01-01T00:00:00Z").candidate()))
        .isEmpty();
    assertThat(found(matcher, Posts.text("").candidate())).containsExactly(FEED);

    Matcher ofAnyAge = Matcher.of(Map.of(FEED, rule("*:*")));
    assertThat(found(ofAnyAge, Posts.text("").createdAt("1970-01-01T00:00:00Z").candidate()))
        .containsExactly(FEED);
  }

  @Test
  void namesEveryFeedOfAPostAndNoOther() throws Exception {
    FeedVersion old = FeedVersion.of("nba", "1");
    FeedVersion renewed = FeedVersion.of("nba", "2");
    FeedVersion other = FeedVersion.of("chess", "1");
    Map<FeedVersion, FeedDefinition> feeds =
        Map.of(old, rule("nba"), renewed, rule("nba lakers"), other, rule("chess"));
    Matcher matcher = Matcher.of(feeds);
    assertThat(found(matcher, Posts.text("nba lakers").candidate()))
        .containsExactlyInAnyOrder(old, renewed);
    assertThat(found(matcher, Posts.text("lakers chess").candidate()))
        .containsExactlyInAnyOrder(renewed, other);
    assertThat(found(matcher, Posts.text("nothing").candidate())).isEmpty();

    Matcher none = Matcher.of(Map.of());
    assertThat(found(none, Posts.text("nba").candidate())).isEmpty();
  }

  @Test
  void matchesOnManyThreadsAtOnce() throws Exception {
    Map<FeedVersion, FeedDefinition> feeds = new LinkedHashMap<>();
    for (int i = 0; i < 50; i++) {
      feeds.put(FeedVersion.of("f" + i, "1"), rule("word" + i));
    }
    Matcher matcher = Matcher.of(feeds);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        tasks.add(() -> {
          int right = 0;
          for (int i = 0; i < 500; i++) {
            FeedVersion expected = FeedVersion.of("f" + i % 50, "1");
            Candidate post = Posts.text("a word" + i % 50 + " b").candidate();
            right += found(matcher, post).equals(Set.of(expected)) ? 1 : 0;
          }
          return right;
        });
      }
      for (Future<Integer> done : threads.invokeAll(tasks)) {
        assertThat(done.get()).isEqualTo(500);
      }
    }
  }

  @Test
  void looksAtTheWordsBesideOneThatFoldingMakesTooLong() throws Exception {
    // given: a sign that folding makes eighteen of, so often that no index could hold the word
    String unwieldy = "\uFDFA".repeat(1_000);
    FeedVersion phrase = FeedVersion.of("phrase", "1");
    Map<FeedVersion, FeedDefinition> feeds =
        Map.of(FEED, rule("alt:nba"), phrase, rule("alt:\"nba finals\""));
    Matcher matcher = Matcher.of(feeds);
    // when, then: the words stay as far apart as they are
    Posts post = Posts.text(unwieldy).tags(unwieldy).links("https://" + unwieldy);
    assertThat(found(matcher, post.alts("nba " + unwieldy + " finals").candidate()))
        .containsExactly(FEED);
    assertThat(found(matcher, post.alts(unwieldy, "nba finals").candidate()))
        .containsExactlyInAnyOrder(FEED, phrase);
    assertThat(found(matcher, post.card(unwieldy).candidate())).isEmpty();
  }

  @Test
  void takesAPostWhereTheEvidenceComesToTheThreshold() throws Exception {
    Matcher matcher =
        Matcher.of(
            Map.of(
                FEED,
                SomeFeed.of("nba^3 (name:heat warm)^2 hawks \"point guard\" (fans coach)")
                    .threshold(Optional.of(3))
                    .definition()));

    assertThat(found(matcher, Posts.text("NBA").candidate())).containsExactly(FEED);
    assertThat(found(matcher, Posts.text("The Heat, the Hawks").candidate())).containsExactly(FEED);
    // Small letters are no name, and what stands in parentheses counts once.
    assertThat(found(matcher, Posts.text("heat and hawks").candidate())).isEmpty();
    assertThat(found(matcher, Posts.text("Heat Heat warm Heat").candidate())).isEmpty();
    assertThat(found(matcher, Posts.text("hawks fans coach, coach fans").candidate())).isEmpty();
    assertThat(found(matcher, Posts.text("hawks fans want a point guard").candidate()))
        .containsExactly(FEED);
    assertThat(found(matcher, Posts.text("a point and a guard, hawks fans").candidate())).isEmpty();
  }

  @Test
  void knowsNamesByTheirFirstLetter() throws Exception {
    Matcher matcher =
        Matcher.of(Map.of(FEED, rule("name:\"miami heat\" name:élan name:ǆ name:жар")));

    assertThat(found(matcher, Posts.text("in MIAMI HEAT territory").candidate()))
        .containsExactly(FEED);
    assertThat(found(matcher, Posts.text("Miami heat is wet").candidate())).isEmpty();
    assertThat(found(matcher, Posts.text("Miami. 30 degrees. Heat").candidate())).isEmpty();
    assertThat(found(matcher, Posts.text("l'Élan").candidate())).containsExactly(FEED);
    assertThat(found(matcher, Posts.text("élan").candidate())).isEmpty();
    assertThat(found(matcher, Posts.text("ǅ").candidate())).containsExactly(FEED);
    assertThat(found(matcher, Posts.text("«Жар» выиграл").candidate())).containsExactly(FEED);
  }

  @Test
  void saysWhichFeedsRuleIsWrong() {
    assertThatThrownBy(() -> Matcher.of(Map.of(FEED, rule("a AND"))))
        .isInstanceOf(RuleException.class)
        .hasMessageStartingWith("feed feed, rule: ends too early");
    assertThatThrownBy(() -> Matcher.of(Map.of(FEED, excluding("a", "-b"))))
        .isInstanceOf(RuleException.class)
        .hasMessageStartingWith("feed feed, exclude: only exclusions");
    assertThatThrownBy(
            () -> Matcher.of(Map.of(FEED, excluding("a ".repeat(26_000), "b ".repeat(26_000)))))
        .isInstanceOf(RuleException.class)
        .hasMessageContaining("found 52000");
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aRuleThatCannotBeMatchedConcernsItsOwnFeedAlone(Throwable failure) throws Exception {
    // given: of three feeds one has a rule that fails, as would a fault of ours or of Lucene's
    FeedVersion other = FeedVersion.of("other", "1");
    FeedVersion third = FeedVersion.of("third", "1");
    FeedDefinition broken = SomeFeed.of("broken").include(FRIEND).languages("en").definition();
    Matcher matcher =
        Matcher.of(
            Map.of(FEED, broken, other, rule("nba"), third, rule("*:*")),
            (_, definition) ->
                definition.equals(broken)
                    ? new Failing(failure)
                    : Rule.parse(definition.rule()).query(),
            AnalysedPost::of);
    // when
    Posts english = Posts.text("nba").langs("en");
    Matches matches = matcher.match(english.candidate());

    // then: the others hold the post, and it is said which cannot
    assertThat(matches.versions()).containsExactlyInAnyOrder(other, third);
    assertThat(matches.failed()).containsOnlyKeys(FEED);
    assertThat(matches.failed().get(FEED))
        .startsWith("the rule of feed/1 cannot be matched: " + failure.getClass().getName())
        .doesNotContain("\n");

    // and: where the rule makes no difference, its failure makes none
    assertThat(found(matcher, english.by(FRIEND))).contains(FEED);
    assertThat(found(matcher, Posts.text("nba").langs("fr").candidate()))
        .containsExactlyInAnyOrder(other, third);
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        new IllegalStateException("a\nfault"), new IOException(), new StackOverflowError());
  }

  @Test
  void aFieldThatCannotBeAnalysedConcernsTheRulesThatLookAtItAlone() throws Exception {
    FeedVersion other = FeedVersion.of("other", "1");
    FeedVersion third = FeedVersion.of("third", "1");
    FeedVersion fourth = FeedVersion.of("fourth", "1");
    Matcher matcher =
        Matcher.of(
            Map.of(
                FEED,
                rule("nba -alt:wnba"),
                other,
                rule("nba"),
                third,
                rule("tag:nba"),
                fourth,
                rule("*:*")),
            (_, definition) -> Rule.parse(definition.rule()).query(),
            (candidate, fields) -> {
              if (fields.contains(Field.ALT)) {
                throw new IllegalStateException("fault");
              }
              return AnalysedPost.of(candidate, fields);
            });
    Matches matches = matcher.match(Posts.text("nba").candidate());

    assertThat(matches.versions()).containsExactlyInAnyOrder(other, fourth);
    assertThat(matches.failed()).containsOnlyKeys(FEED);
  }

  @Test
  void saysOfManyFeedsThatFailWhichTheFirstAre() {
    Map<FeedVersion, String> failed = new LinkedHashMap<>();
    for (int i = 30; i >= 10; i--) {
      failed.put(FeedVersion.of("f" + i, "1"), "the rule of f" + i);
    }

    assertThat(Matches.why(failed))
        .startsWith("the rule of f10; the rule of f11; ")
        .endsWith("; the rule of f19; and those of 11 more");
    assertThat(Matches.why(Map.of(FEED, "the rule of feed"))).isEqualTo("the rule of feed");
  }

  /** What matches nothing and fails at the attempt. */
  private static final class Failing extends Query {
    private final Throwable failure;

    Failing(Throwable failure) {
      this.failure = failure;
    }

    @Override
    public Query rewrite(IndexSearcher searcher) throws IOException {
      switch (failure) {
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalArgumentException(failure);
      }
    }

    @Override
    public void visit(QueryVisitor visitor) {
      visitor.visitLeaf(this);
    }

    @Override
    public String toString(String field) {
      return "failing";
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  @Test
  void aRuleAtItsLimitCanBeMatched() throws Exception {
    String words = " w~".repeat(10) + " x".repeat(498);
    Matcher matcher = Matcher.of(Map.of(FEED, excluding("z" + words, "y")));
    String text =
        String.join(" ", Stream.iterate(0, i -> i + 1).limit(90).map(i -> "w" + i).toList());
    assertThat(found(matcher, Posts.text(text).candidate())).containsExactly(FEED);
  }

  private static Set<FeedVersion> found(Matcher matcher, Candidate post) {
    Matches matches = matcher.match(post);
    assertThat(matches.failed()).isEmpty();
    return matches.versions();
  }

  private static FeedDefinition rule(String rule) {
    return SomeFeed.of(rule).definition();
  }

  private static FeedDefinition excluding(String rule, String exclude) {
    return SomeFeed.of(rule).excluding(exclude).definition();
  }
}
