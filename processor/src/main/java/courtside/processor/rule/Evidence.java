package courtside.processor.rule;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;

/**
 * Makes of a rule's alternatives and their weights a query of which so many must match: Lucene's
 * own, in which an alternative of weight three stands three times. What a weight would be written
 * to for nothing is refused.
 */
final class Evidence {
  private Evidence() {}

  /** The query of which as much must match as the threshold says. */
  static Query weighed(Query query, int wanted) throws RuleException {
    BooleanQuery.Builder weighed = new BooleanQuery.Builder();
    weighed.setMinimumNumberShouldMatch(wanted);
    int total = 0;
    Set<Query> seen = new HashSet<>();
    try {
      for (Query alternative : alternatives(query)) {
        int weight = Math.min(wanted, weight(alternative));
        Query evidence = alternative instanceof BoostQuery boost ? boost.getQuery() : alternative;
        if (hasWeights(evidence)) {
          throw new RuleException(-1, "a weight (^) has no effect within parentheses");
        }
        if (!seen.add(evidence)) {
          throw new RuleException(
              -1,
              "'"
                  + Rule.bounded(evidence.toString(Field.TEXT.fieldName()))
                  + "' stands twice beside other evidence: give it one weight");
        }
        total += weight;
        for (int i = 0; i < weight; i++) {
          weighed.add(evidence, Occur.SHOULD);
        }
      }
    } catch (IndexSearcher.TooManyClauses e) {
      throw new RuleException(
          -1,
          "expected weights that come to at most "
              + Rule.MAX_TERMS
              + " altogether: write in parentheses what need not be counted one by one");
    }
    if (total < wanted) {
      throw new RuleException(
          -1,
          "expected evidence that can come to the threshold of "
              + wanted
              + ", found weights of "
              + total
              + " altogether");
    }
    return weighed.build();
  }

  private static List<Query> alternatives(Query query) throws RuleException {
    if (!(query instanceof BooleanQuery bool)) {
      return List.of(query);
    }
    for (BooleanClause clause : bool) {
      if (clause.isRequired() || clause.isProhibited()) {
        throw new RuleException(
            -1,
            "with a threshold, expected alternatives beside each other, found '"
                + Rule.bounded(clause.query().toString(Field.TEXT.fieldName()))
                + "' that is "
                + (clause.isRequired() ? "required" : "excluded")
                + ": put what belongs together in parentheses, and what no post may hold in"
                + " 'exclude'");
      }
    }
    return bool.clauses().stream().map(BooleanClause::query).toList();
  }

  private static int weight(Query alternative) throws RuleException {
    if (!(alternative instanceof BoostQuery boost)) {
      return 1;
    }
    float weight = boost.getBoost();
    if (weight < 1 || weight > Rule.MAX_THRESHOLD || weight != Math.rint(weight)) {
      throw new RuleException(
          -1,
          "expected a whole number from 1 to "
              + Rule.MAX_THRESHOLD
              + " as weight, found ^"
              + weight);
    }
    return (int) weight;
  }

  /** Whether anything in it has a weight. */
  static boolean hasWeights(Query query) {
    Weights weights = new Weights();
    query.visit(weights);
    return weights.found;
  }

  /** Looks for weights anywhere. */
  private static final class Weights extends QueryVisitor {
    private boolean found;

    @Override
    public QueryVisitor getSubVisitor(Occur occur, Query parent) {
      found |= parent instanceof BoostQuery;
      return this;
    }
  }
}
