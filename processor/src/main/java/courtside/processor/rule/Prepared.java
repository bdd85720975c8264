package courtside.processor.rule;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.jspecify.annotations.Nullable;

/**
 * A query as many posts are asked. What consists of others is taken apart once, here; the rest is
 * Lucene's. Preparing a large query for an index, as Lucene does with all of it at each search, takes
 * ten times as long. Immutable; thread-safe.
 */
final class Prepared {
  private final Query query;
  private final List<Prepared> required = new ArrayList<>();
  private final List<Prepared> excluded = new ArrayList<>();
  private final @Nullable Alternatives alternatives;

  private Prepared(Query query) {
    this.query = query;
    if (!(query instanceof BooleanQuery bool)) {
      alternatives = null;
      return;
    }
    for (BooleanClause clause : bool) {
      if (clause.isRequired()) {
        required.add(of(clause.query()));
      } else if (clause.isProhibited()) {
        excluded.add(of(clause.query()));
      }
    }
    int least = bool.getMinimumNumberShouldMatch();
    // Beside what is required, alternatives only count for a score, unless so many are wanted.
    alternatives =
        required.isEmpty() || least > 0 ? Alternatives.of(bool, Math.max(1, least)) : null;
  }

  /** Prepares a query. */
  static Prepared of(Query query) {
    return new Prepared(query instanceof BoostQuery boost ? boost.getQuery() : query);
  }

  /** Whether it matches a post that was analysed in all its fields. */
  boolean matches(IndexedPost post) throws IOException {
    return switch (query) {
      case BooleanQuery _ -> matchesAll(post);
      case TermQuery term -> post.holds(term.getTerm());
      case PhraseQuery phrase -> post.holds(phrase);
      case PrefixQuery prefix -> post.holdsPrefix(prefix.getPrefix());
      case MatchAllDocsQuery _ -> true;
      default -> post.isFoundBy(query);
    };
  }

  private boolean matchesAll(IndexedPost post) throws IOException {
    for (Prepared one : required) {
      if (!one.matches(post)) {
        return false;
      }
    }
    if (alternatives != null && !alternatives.match(post)) {
      return false;
    }
    for (Prepared one : excluded) {
      if (one.matches(post)) {
        return false;
      }
    }
    return true;
  }
}
