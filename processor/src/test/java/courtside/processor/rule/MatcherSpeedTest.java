package courtside.processor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.definition.SomeFeed;
import courtside.processor.evaluation.LabelledPost;
import courtside.processor.evaluation.LabelledPosts;
import courtside.processor.evaluation.Labels;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.search.Query;
import org.junit.jupiter.api.Test;

/**
 * How many recorded posts a second one thread matches, by that thread's own time, with the
 * prefilter and without: printed. {@code -Dcourtside.rounds=40 -Djvm.test=} for figures to go by.
 */
final class MatcherSpeedTest {
  private static final Path SHIPPED =
      Path.of(System.getProperty("courtside.root", ".."), "feeds", "nba-now.yaml");

  private final int rounds = Integer.getInteger("courtside.rounds", 1);

  @Test
  void theShippedRule() throws Exception {
    Map<FeedVersion, FeedDefinition> feed = shipped();
    List<Candidate> posts = RecordedPosts.bundled();

    measure("the shipped rule", feed, posts);
  }

  /**
   * As in the network, where few posts are about anything in particular. The recording's are meant
   * to be confused; {@code -Dcourtside.labelled=} names labelled posts to measure with instead.
   */
  @Test
  void theShippedRuleWhereOnePostInAHundredMatches() throws Exception {
    Map<FeedVersion, FeedDefinition> feed = shipped();
    Matcher matcher = Matcher.of(feed);
    List<Candidate> matching = new ArrayList<>();
    List<Candidate> posts = new ArrayList<>();
    for (Candidate post : RecordedPosts.bundled()) {
      (matcher.match(post).versions().isEmpty() ? posts : matching).add(post);
    }
    String other = System.getProperty("courtside.labelled");
    if (other != null) {
      posts.clear();
      for (LabelledPost post : LabelledPosts.read(List.of(Path.of(other)), Labels.OWN)) {
        Candidate candidate = new Candidate(matching.getFirst().author(), post.post(), Posts.SEEN);
        if (matcher.match(candidate).versions().isEmpty()) {
          posts.add(candidate);
        }
      }
    }
    int wanted = posts.size() / 99;
    for (int i = 0; i < wanted; i++) {
      posts.add(matching.get(i % matching.size()));
    }
    Collections.shuffle(posts, new Random(1));

    measure("the shipped rule, one post in a hundred matching", feed, posts);
  }

  @Test
  void aThousandFeeds() throws Exception {
    Random random = new Random(1);
    List<Candidate> posts = RecordedPosts.bundled();
    List<String> words = words(posts);
    Map<FeedVersion, FeedDefinition> feeds = new LinkedHashMap<>();
    for (int i = 0; i < 1_000; i++) {
      StringBuilder rule = new StringBuilder();
      for (int k = 0; k < 8; k++) {
        rule.append(one(words, random)).append(' ');
      }
      rule.append('"').append(one(words, random)).append(' ').append(one(words, random));
      rule.append("\" tag:").append(one(words, random));
      rule.append(" (").append(one(words, random)).append(" AND ").append(one(words, random));
      feeds.put(
          FeedVersion.of("f" + i, "1"),
          SomeFeed.of(rule.append(')') + "").excluding(one(words, random)).definition());
    }

    measure("1,000 feeds", feeds, posts);
  }

  /** The rule alone: recorded posts are of another time. */
  private static Map<FeedVersion, FeedDefinition> shipped() throws Exception {
    DefinitionFile nba = DefinitionFile.read(SHIPPED);
    return Map.of(
        nba.version(),
        SomeFeed.of(nba.rule()).threshold(nba.threshold()).excluding(nba.exclude()).definition());
  }

  private static List<String> words(List<Candidate> posts) {
    Set<String> words = new TreeSet<>();
    for (Candidate post : posts) {
      words.addAll(Arrays.asList(post.post().text().toLowerCase(Locale.ROOT).split("[^a-z]+")));
    }
    return words.stream().filter(word -> word.length() > 3).toList();
  }

  private static String one(List<String> words, Random random) {
    return words.get(random.nextInt(words.size()));
  }

  private void measure(String name, Map<FeedVersion, FeedDefinition> feeds, List<Candidate> posts)
      throws RuleException, IOException {
    List<Query> queries = new ArrayList<>();
    Set<Field> fields = EnumSet.noneOf(Field.class);
    for (Map.Entry<FeedVersion, FeedDefinition> feed : feeds.entrySet()) {
      Query query = Matcher.query(feed.getKey(), feed.getValue());
      queries.add(query);
      fields.addAll(Field.of(query));
    }
    Prefilter prefilter = new Prefilter(queries);
    List<Prepared> prepared = queries.stream().map(Prepared::of).toList();
    int passed = 0;
    int matched = 0;
    double with = 0;
    double without = 0;
    double scan = 0;
    double analysis = 0;
    Matcher matcher = Matcher.of(feeds);
    for (Candidate post : posts) {
      passed += prefilter.passing(post).isEmpty() ? 0 : 1;
      matched += matcher.match(post).versions().isEmpty() ? 0 : 1;
    }
    for (int round = 0; round < rounds; round++) {
      long start = cpuTime();
      long found = 0;
      for (Candidate post : posts) {
        found += matcher.match(post).versions().size();
      }
      with = Math.max(with, posts.size() * 1e9 / (cpuTime() - start));

      start = cpuTime();
      long searched = 0;
      for (Candidate post : posts) {
        AnalysedPost indexed = AnalysedPost.of(post, fields);
        for (Prepared query : prepared) {
          searched += query.matches(indexed) ? 1 : 0;
        }
      }
      without = Math.max(without, posts.size() * 1e9 / (cpuTime() - start));

      start = cpuTime();
      long analysed = 0;
      for (Candidate post : posts) {
        analysed += AnalysedPost.of(post, fields).words(Field.TEXT.fieldName()).isEmpty() ? 0 : 1;
      }
      analysis = Math.max(analysis, posts.size() * 1e9 / (cpuTime() - start));
      assertThat(analysed).isPositive();

      start = cpuTime();
      long passing = 0;
      for (Candidate post : posts) {
        passing += prefilter.passing(post).cardinality();
      }
      scan = Math.max(scan, posts.size() * 1e9 / (cpuTime() - start));

      assertThat(found).isEqualTo(searched).isPositive().isLessThanOrEqualTo(passing);
    }

    System.out.printf(
        Locale.ROOT,
        "%s: of %,d posts %,d pass (%.1f %%) and %,d match; posts a second of one thread: %,.0f with the prefilter,"
            + " %,.0f without it (%.1f times); the prefilter alone %,.0f, analysis alone %,.0f%n",
        name,
        posts.size(),
        passed,
        100.0 * passed / posts.size(),
        matched,
        with,
        without,
        with / without,
        scan,
        analysis);
  }

  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
