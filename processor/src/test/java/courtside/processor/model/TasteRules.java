package courtside.processor.model;

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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of some tastes, by the matcher of a set. */
final class TasteRules implements FeedRules {
  private final Map<FeedVersion, FeedDefinition> definitions = new LinkedHashMap<>();
  private final Matcher matcher;

  TasteRules(List<Taste> tastes) {
    tastes.forEach(
        taste -> definitions.put(taste.version(), taste.definition().toDefinition("model", false)));
    try {
      matcher = Matcher.of(definitions);
    } catch (RuleException e) {
      throw new IllegalStateException("a rule that is wrong", e);
    }
  }

  @Override
  public String set() {
    return "model";
  }

  @Override
  public Wanted now() {
    return new All();
  }

  /** All of them, always. */
  private final class All implements Wanted {
    @Override
    public Matches match(Did author, PostSummary post, Instant seen) {
      return matcher.match(new Candidate(author, post, seen));
    }

    @Override
    public Duration keep(FeedVersion version) {
      FeedDefinition definition = definitions.get(version);
      if (definition == null) {
        throw new IllegalStateException("asked for a version that was never given: " + version);
      }
      return definition.keep();
    }

    @Override
    public List<FeedVersion> versions() {
      return definitions.keySet().stream().sorted(Comparator.comparing(FeedVersion::key)).toList();
    }

    @Override
    public Set<FeedVersion> removing() {
      return Set.of();
    }
  }
}
