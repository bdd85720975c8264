package courtside.processor.rule;

import courtside.atproto.record.PostSummary;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/**
 * Says which of many feeds a post belongs to. A post is analysed, once for all of them, where
 * something occurs in it that a rule must find; most are not. What is asked is fixed; for other
 * feeds, make another. Thread-safe.
 *
 * <p>A post belongs to a feed if its author is not blocked; and the author is included, or the rule
 * matches and the exclusion does not; and it is in one of the feed's languages, where it names any;
 * and it was not older than the feed allows when it was seen. An included author's posts thus need
 * neither match the rule nor avoid the exclusion, but languages and age hold for them as well:
 * those say which posts, not whose. A post without a readable createdAt has no age and passes.
 *
 * <p>Each feed is judged by itself: what is said of one does not depend on which others are asked.
 */
public final class Matcher {
  /** Rises whenever the same definition may match other posts than before. */
  public static final int VERSION = 2;

  private final List<Asked> rules = new ArrayList<>();
  private final Prefilter prefilter;
  private final Map<String, List<Feed>> byIncludedAuthor = new HashMap<>();
  private final Analysing analysing;

  private Matcher(
      Map<FeedVersion, FeedDefinition> definitions, Parsing parsing, Analysing analysing)
      throws RuleException {
    this.analysing = analysing;
    List<Query> queries = new ArrayList<>();
    for (Map.Entry<FeedVersion, FeedDefinition> entry : definitions.entrySet()) {
      Feed feed = new Feed(entry.getKey(), entry.getValue());
      if (!feed.definition.rule().isBlank()) {
        Query query = parsing.parse(feed.version, feed.definition);
        rules.add(new Asked(feed, Prepared.of(query), Field.of(query)));
        queries.add(query);
      }
      for (String author : feed.included) {
        byIncludedAuthor.computeIfAbsent(author, _ -> new ArrayList<>()).add(feed);
      }
    }
    this.prefilter = new Prefilter(queries);
  }

  /** A feed's rule, less its exclusion, and what it looks at. */
  private record Asked(Feed feed, Prepared query, Set<Field> fields) {}

  /** What a post has to be besides. */
  private static final class Feed {
    private final FeedVersion version;
    private final FeedDefinition definition;
    private final Set<String> included;
    private final Set<String> blocked;

    Feed(FeedVersion version, FeedDefinition definition) {
      this.version = version;
      this.definition = definition;
      this.included = Set.copyOf(definition.includeAuthors());
      this.blocked = Set.copyOf(definition.blockAuthors());
    }

    boolean admits(Candidate candidate) {
      return !blocked.contains(candidate.author().value())
          && isWanted(definition.languages(), candidate.post())
          && isYoungEnough(definition.maxAge(), candidate.post().createdAt(), candidate.seen());
    }
  }

  /** Reads a rule and its exclusion. */
  @FunctionalInterface
  interface Parsing {
    Query parse(FeedVersion version, FeedDefinition definition) throws RuleException;
  }

  /** Analyses a post. */
  @FunctionalInterface
  interface Analysing {
    AnalysedPost analyse(Candidate candidate, Set<Field> fields);
  }

  /**
   * Makes the matcher of these feeds. A definition without a rule takes the included authors alone.
   *
   * @throws RuleException if a rule cannot be used; names the feed
   */
  public static Matcher of(Map<FeedVersion, FeedDefinition> definitions) throws RuleException {
    return of(definitions, Matcher::query, AnalysedPost::of);
  }

  static Matcher of(
      Map<FeedVersion, FeedDefinition> definitions, Parsing parsing, Analysing analysing)
      throws RuleException {
    return new Matcher(definitions, parsing, analysing);
  }

  static Query query(FeedVersion version, FeedDefinition definition) throws RuleException {
    Rule rule = part(version, "rule", definition.rule(), definition.threshold());
    if (definition.exclude().isBlank()) {
      return rule.query();
    }
    Rule exclude = part(version, "exclude", definition.exclude(), Optional.empty());
    if (rule.terms() + exclude.terms() > Rule.MAX_TERMS) {
      RuleException e = Rule.tooMany(rule.terms() + exclude.terms());
      throw new RuleException(-1, "feed " + version.feed() + ": " + e.getMessage());
    }
    return new BooleanQuery.Builder()
        .add(rule.query(), Occur.MUST)
        .add(exclude.query(), Occur.MUST_NOT)
        .build();
  }

  private static Rule part(
      FeedVersion version, String part, String text, Optional<Integer> threshold)
      throws RuleException {
    try {
      return Rule.parse(text, threshold);
    } catch (RuleException e) {
      throw new RuleException(
          e.offset(), "feed " + version.feed() + ", " + part + ": " + e.getMessage());
    }
  }

  /** The feeds that a post belongs to. */
  public Matches match(Candidate candidate) {
    Set<FeedVersion> found = new HashSet<>();
    for (Feed feed : byIncludedAuthor.getOrDefault(candidate.author().value(), List.of())) {
      if (feed.admits(candidate)) {
        found.add(feed.version);
      }
    }
    Map<FeedVersion, String> failed = new HashMap<>();
    List<Asked> open = new ArrayList<>();
    prefilter.passing(candidate).stream()
        .mapToObj(rules::get)
        .filter(rule -> !found.contains(rule.feed.version) && rule.feed.admits(candidate))
        .forEach(open::add);
    if (!open.isEmpty()) {
      ask(open, candidate, found, failed);
    }
    return new Matches(found, failed);
  }

  private void ask(
      List<Asked> rules,
      Candidate candidate,
      Set<FeedVersion> found,
      Map<FeedVersion, String> failed) {
    AnalysedPost whole = whole(rules, candidate);
    for (Asked rule : rules) {
      try {
        AnalysedPost post = whole != null ? whole : analysing.analyse(candidate, rule.fields);
        if (rule.query.matches(post)) {
          found.add(rule.feed.version);
        }
      } catch (IOException | RuntimeException | StackOverflowError e) {
        // All of it happens in memory and in Lucene: what fails, fails because of what the post
        // and the rule hold.
        failed.put(
            rule.feed.version,
            "the rule of "
                + rule.feed.version
                + " cannot be matched: "
                + e.getClass().getName()
                + ": "
                + Rule.bounded(String.valueOf(e.getMessage())));
      }
    }
  }

  /** The post in all fields that these look at; absent where one of them cannot be analysed. */
  private @Nullable AnalysedPost whole(List<Asked> rules, Candidate candidate) {
    Set<Field> fields = EnumSet.noneOf(Field.class);
    rules.forEach(rule -> fields.addAll(rule.fields));
    try {
      return analysing.analyse(candidate, fields);
    } catch (RuntimeException | StackOverflowError _) {
      // Said of each rule that looks at that field, and of no other.
      return null;
    }
  }

  private static boolean isWanted(List<String> wanted, PostSummary post) {
    if (wanted.isEmpty()) {
      return true;
    }
    for (String lang : post.langs()) {
      String lower = lang.toLowerCase(Locale.ROOT);
      for (String language : wanted) {
        String prefix = language.toLowerCase(Locale.ROOT);
        if (lower.equals(prefix) || lower.startsWith(prefix + "-")) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isYoungEnough(
      Optional<Duration> maxAge, Optional<Instant> createdAt, Instant seen) {
    return maxAge.isEmpty()
        || createdAt.isEmpty()
        || Duration.between(createdAt.get(), seen).compareTo(maxAge.get()) <= 0;
  }
}
