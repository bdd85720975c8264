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
 * Lucene's. Preparing a large query for an index, as Lucene does with all of it at each search,
 * takes ten times as long. Immutable; thread-safe.
 */
final class Prepared {
  private final Query query;
  private final Dictionary dictionary;
  private final List<Prepared> required = new ArrayList<>();
  private final List<Prepared> excluded = new ArrayList<>();
  private final @Nullable Alternatives alternatives;

  private Prepared(Query query, Dictionary dictionary) {
    this.query = query;
    this.dictionary = dictionary;
    if (!(query instanceof BooleanQuery bool)) {
      alternatives = null;
      return;
    }
    for (BooleanClause clause : bool) {
      if (clause.isRequired()) {
        required.add(of(clause.query(), dictionary));
      } else if (clause.isProhibited()) {
        excluded.add(of(clause.query(), dictionary));
      }
    }
    int least = bool.getMinimumNumberShouldMatch();
    // Beside what is required, alternatives only count for a score, unless so many are wanted.
    alternatives =
        required.isEmpty() || least > 0
            ? Alternatives.of(bool, Math.max(1, least), dictionary)
            : null;
  }

  /** Prepares a query. */
  static Prepared of(Query query) {
    return of(query, new Dictionary());
  }

  /** Prepares a part of a query that has this dictionary. */
  static Prepared of(Query query, Dictionary dictionary) {
    return new Prepared(query instanceof BoostQuery boost ? boost.getQuery() : query, dictionary);
  }

  /** Whether it matches a post that was analysed in all its fields. */
  boolean matches(AnalysedPost post) throws IOException {
    return matches(dictionary.in(post));
  }

  boolean matches(Found found) throws IOException {
    return switch (query) {
      case BooleanQuery _ -> matchesAll(found);
      case TermQuery term -> found.post().holds(term.getTerm());
      case PhraseQuery phrase -> found.post().holds(phrase);
      case PrefixQuery prefix -> found.post().holdsPrefix(prefix.getPrefix());
      case MatchAllDocsQuery _ -> true;
      default -> found.post().isFoundBy(query);
    };
  }

  private boolean matchesAll(Found found) throws IOException {
    for (Prepared one : required) {
      if (!one.matches(found)) {
        return false;
      }
    }
    if (alternatives != null && !alternatives.match(found)) {
      return false;
    }
    for (Prepared one : excluded) {
      if (one.matches(found)) {
        return false;
      }
    }
    return true;
  }
}
