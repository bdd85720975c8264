package courtside.processor.set;

import courtside.processor.definition.DefinitionFile;
import courtside.processor.feed.FeedRules;
import courtside.processor.rule.RuleException;
import java.util.Map;
import java.util.Set;

/** The rules of a set, for tests of what stands on them. */
public final class SomeRules {
  private SomeRules() {}

  /**
   * Those of a set of one feed.
   *
   * @throws RuleException if its rule cannot be used
   */
  public static FeedRules of(DefinitionFile feed, String set) throws RuleException {
    return new SetRules(
        set, new Members(Map.of(feed.version(), feed.toDefinition(set, false)), Set.of()));
  }
}
