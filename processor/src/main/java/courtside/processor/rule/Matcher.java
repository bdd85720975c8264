package courtside.processor.rule;

import courtside.atproto.record.PostSummary;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.monitor.MatchingQueries;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.AlreadyClosedException;

/**
 * Says which of many feeds a post belongs to, in one pass over the post. What is asked is fixed;
 * for other feeds, make another. Thread-safe, except that nothing may match while or after it is
 * closed.
 *
 * <p>A post belongs to a feed if its author is not blocked; and the author is included, or the rule
 * matches and the exclusion does not; and it is in one of the feed's languages, where it names any;
 * and it was not older than the feed allows when it was seen. An included author's posts thus need
 * neither match the rule nor avoid the exclusion, but languages and age hold for them as well:
 * those say which posts, not whose. A post without a readable createdAt has no age and passes.
 */
public final class Matcher implements AutoCloseable {
  /** Rises whenever the same definition may match other posts than before. */
  public static final int VERSION = 1;

  private final Map<FeedVersion, FeedDefinition> definitions;
  private final Map<String, FeedVersion> byQuery = new HashMap<>();
  private final Map<String, List<FeedVersion>> byIncludedAuthor = new HashMap<>();
  private final Map<FeedVersion, Set<String>> blocked = new HashMap<>();
  private final Monitor monitor;

  private Matcher(Map<FeedVersion, FeedDefinition> definitions, Monitor monitor) {
    this.definitions = Map.copyOf(definitions);
    this.monitor = monitor;
    definitions.forEach((version, definition) -> {
      if (!definition.rule().isBlank()) {
        byQuery.put(version.key(), version);
      }
      blocked.put(version, Set.copyOf(definition.blockAuthors()));
      for (String author : Set.copyOf(definition.includeAuthors())) {
        byIncludedAuthor.computeIfAbsent(author, _ -> new ArrayList<>()).add(version);
      }
    });
  }

  /**
   * Makes the matcher of these feeds. A definition without a rule takes the included authors alone.
   *
   * @throws RuleException if a rule cannot be used; names the feed
   */
  public static Matcher of(Map<FeedVersion, FeedDefinition> definitions) throws RuleException {
    List<MonitorQuery> queries = new ArrayList<>();
    for (Map.Entry<FeedVersion, FeedDefinition> entry : definitions.entrySet()) {
      FeedDefinition definition = entry.getValue();
      if (!definition.rule().isBlank()) {
        queries.add(new MonitorQuery(entry.getKey().key(), query(entry.getKey(), definition)));
      }
    }
    return new Matcher(definitions, monitor(queries));
  }

  private static Monitor monitor(List<MonitorQuery> queries) {
    // Queries are never taken away, so there is nothing to purge; Lucene insists on a period.
    MonitorConfiguration configuration =
        new MonitorConfiguration().setPurgeFrequency(1, TimeUnit.DAYS);
    try {
      Monitor monitor =
          new Monitor(Field.POST_ANALYZER, new TermFilteredPresearcher(), configuration);
      monitor.register(queries);
      return monitor;
    } catch (IOException e) {
      throw new UncheckedIOException("indexing rules in memory", e);
    }
  }

  private static Query query(FeedVersion version, FeedDefinition definition) throws RuleException {
    Rule rule = part(version, "rule", definition.rule());
    if (definition.exclude().isBlank()) {
      return rule.query();
    }
    Rule exclude = part(version, "exclude", definition.exclude());
    if (rule.terms() + exclude.terms() > Rule.MAX_TERMS) {
      RuleException e = Rule.tooMany(rule.terms() + exclude.terms());
      throw new RuleException(-1, "feed " + version.feed() + ": " + e.getMessage());
    }
    return new BooleanQuery.Builder()
        .add(rule.query(), Occur.MUST)
        .add(exclude.query(), Occur.MUST_NOT)
        .build();
  }

  private static Rule part(FeedVersion version, String part, String text) throws RuleException {
    try {
      return Rule.parse(text);
    } catch (RuleException e) {
      throw new RuleException(
          e.offset(), "feed " + version.feed() + ", " + part + ": " + e.getMessage());
    }
  }

  /**
   * The feeds that a post belongs to. Immutable; in no order.
   *
   * @throws UnmatchableException if that cannot be told; again for the same post, however often
   */
  public Set<FeedVersion> match(Candidate candidate) throws UnmatchableException {
    Set<FeedVersion> found = new HashSet<>();
    if (!byQuery.isEmpty()) {
      matchRules(candidate, found);
    }
    found.addAll(byIncludedAuthor.getOrDefault(candidate.author().value(), List.of()));
    found.removeIf(version -> !admits(version, candidate));
    return Set.copyOf(found);
  }

  private void matchRules(Candidate candidate, Set<FeedVersion> into) throws UnmatchableException {
    MatchingQueries<QueryMatch> matches;
    try {
      matches = monitor.match(PostDocument.of(candidate), QueryMatch.SIMPLE_MATCHER);
    } catch (AlreadyClosedException e) {
      // No fault of the post: somebody asks a matcher that has ended.
      throw e;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // All of it happens in memory and in Lucene: what fails, fails because of what the post
      // holds.
      throw new UnmatchableException("the post cannot be indexed: " + e, e);
    }
    for (Map.Entry<String, Exception> error : new TreeMap<>(matches.getErrors()).entrySet()) {
      throw new UnmatchableException(
          "the rule of " + error.getKey() + " cannot be matched: " + error.getValue(),
          error.getValue());
    }
    for (QueryMatch match : matches.getMatches()) {
      into.add(feed(match.getQueryId()));
    }
  }

  private boolean admits(FeedVersion version, Candidate candidate) {
    FeedDefinition definition = definition(version);
    return !blocked.getOrDefault(version, Set.of()).contains(candidate.author().value())
        && isWanted(definition.languages(), candidate.post())
        && isYoungEnough(definition.maxAge(), candidate.post().createdAt(), candidate.seen());
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

  private FeedVersion feed(String query) {
    FeedVersion version = byQuery.get(query);
    if (version == null) {
      throw new IllegalStateException("matched a query that was not registered: " + query);
    }
    return version;
  }

  private FeedDefinition definition(FeedVersion version) {
    FeedDefinition definition = definitions.get(version);
    if (definition == null) {
      throw new IllegalStateException("matched a feed that was not asked for: " + version);
    }
    return definition;
  }

  /** Ends the monitor's thread and frees its memory. */
  @Override
  public void close() {
    try {
      monitor.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing an index in memory", e);
    }
  }
}
