package courtside.processor.set;

import courtside.atproto.record.PostSummary;
import courtside.atproto.syntax.Did;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.feed.FeedRules;
import courtside.processor.rule.Candidate;
import courtside.processor.rule.Matcher;
import courtside.processor.rule.Matches;
import courtside.processor.rule.RuleException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rules of one set, replaced as a whole when a definition goes. Thread-safe. */
final class SetRules implements FeedRules, AutoCloseable {
  private volatile Rules current;

  // Guarded by this. Threads may still match with one that was replaced: closed at the end.
  private final Deque<Matcher> made = new ArrayDeque<>();

  private record Rules(
      Map<FeedVersion, FeedDefinition> definitions, List<FeedVersion> versions, Matcher matcher) {}

  /**
   * Makes the rules of these definitions.
   *
   * @throws RuleException if a rule cannot be used
   */
  SetRules(Map<FeedVersion, FeedDefinition> definitions) throws RuleException {
    this.current = rules(definitions);
  }

  /**
   * Matches these from now on.
   *
   * @throws RuleException if a rule cannot be used; then nothing changes
   */
  void replace(Map<FeedVersion, FeedDefinition> definitions) throws RuleException {
    if (!definitions.equals(current.definitions())) {
      current = rules(definitions);
    }
  }

  private synchronized Rules rules(Map<FeedVersion, FeedDefinition> definitions)
      throws RuleException {
    Matcher matcher = Matcher.of(definitions);
    made.push(matcher);
    return new Rules(
        new LinkedHashMap<>(definitions),
        definitions.keySet().stream().sorted(Comparator.comparing(FeedVersion::key)).toList(),
        matcher);
  }

  @Override
  public Matches match(Did author, PostSummary post, Instant seen) {
    return current.matcher().match(new Candidate(author, post, seen));
  }

  @Override
  public Duration keep(FeedVersion version) {
    FeedDefinition definition = current.definitions().get(version);
    // Taken out between the match and this question: what is kept for no time is not kept.
    return definition == null ? Duration.ZERO : definition.keep();
  }

  @Override
  public List<FeedVersion> versions() {
    return current.versions();
  }

  @Override
  public synchronized void close() {
    while (!made.isEmpty()) {
      made.pop().close();
    }
  }
}
