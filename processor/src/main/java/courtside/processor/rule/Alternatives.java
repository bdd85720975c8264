package courtside.processor.rule;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/**
 * Alternatives of which so many must match, an alternative that stands several times counting so
 * often. A rule has thousands of words and a post has thirty: so each word of the post is looked up
 * here, rather than each word of the rule in the post. Immutable; thread-safe.
 */
final class Alternatives {
  private final int least;
  private final Map<String, InField> fields = new HashMap<>();
  private final List<Weighed<Prepared>> rest = new ArrayList<>();

  /** What counts so much where it matches. */
  private record Weighed<T>(T what, int weight) {}

  /** What is looked for in one field: words, phrases by their first word, beginnings of words. */
  private static final class InField {
    private final Map<BytesRef, Integer> words = new HashMap<>();
    private final Map<BytesRef, List<Weighed<PhraseQuery>>> phrases = new HashMap<>();
    private final Map<BytesRef, Integer> prefixes = new HashMap<>();
    private int shortest = Integer.MAX_VALUE;
    private int longest;
  }

  private Alternatives(int least) {
    this.least = least;
  }

  /**
   * Those of a query; what it requires and excludes besides is no part of it.
   *
   * @param least how many must match, at least 1
   */
  static Alternatives of(BooleanQuery query, int least) {
    Map<Query, Integer> weights = new LinkedHashMap<>();
    collect(query, least == 1, weights);
    Alternatives alternatives = new Alternatives(least);
    weights.forEach(alternatives::add);
    return alternatives;
  }

  /** Where one is enough, those of a group within may stand beside the others. */
  private static void collect(BooleanQuery query, boolean flat, Map<Query, Integer> weights) {
    for (BooleanClause clause : query) {
      if (clause.isRequired() || clause.isProhibited()) {
        continue;
      }
      if (flat && clause.query() instanceof BooleanQuery group && isAlternativesAlone(group)) {
        collect(group, true, weights);
      } else {
        weights.merge(clause.query(), 1, Integer::sum);
      }
    }
  }

  private static boolean isAlternativesAlone(BooleanQuery query) {
    return query.getMinimumNumberShouldMatch() <= 1
        && query.clauses().stream().noneMatch(c -> c.isRequired() || c.isProhibited());
  }

  private void add(Query query, int weight) {
    switch (query) {
      case TermQuery term ->
          in(term.getTerm()).words.merge(term.getTerm().bytes(), weight, Integer::sum);
      case PhraseQuery phrase when phrase.getTerms().length > 0 -> {
        Term first = phrase.getTerms()[0];
        in(first)
            .phrases
            .computeIfAbsent(first.bytes(), _ -> new ArrayList<>())
            .add(new Weighed<>(phrase, weight));
      }
      case PrefixQuery prefix -> {
        BytesRef bytes = prefix.getPrefix().bytes();
        InField field = in(prefix.getPrefix());
        field.prefixes.merge(bytes, weight, Integer::sum);
        field.shortest = Math.min(field.shortest, bytes.length);
        field.longest = Math.max(field.longest, bytes.length);
      }
      default -> rest.add(new Weighed<>(Prepared.of(query), weight));
    }
  }

  private InField in(Term term) {
    return fields.computeIfAbsent(term.field(), _ -> new InField());
  }

  /** Whether they come to enough. */
  boolean match(IndexedPost post) throws IOException {
    int found = 0;
    for (Map.Entry<String, InField> field : fields.entrySet()) {
      found += words(field.getValue(), post.words(field.getKey()), post);
      if (found >= least) {
        return true;
      }
    }
    for (Weighed<Prepared> other : rest) {
      found += other.what.matches(post) ? other.weight : 0;
      if (found >= least) {
        return true;
      }
    }
    return false;
  }

  private int words(InField field, List<BytesRef> words, IndexedPost post) throws IOException {
    int found = 0;
    Set<BytesRef> begun = new HashSet<>();
    for (BytesRef word : words) {
      found += field.words.getOrDefault(word, 0);
      for (Weighed<PhraseQuery> phrase : field.phrases.getOrDefault(word, List.of())) {
        found += post.holds(phrase.what) ? phrase.weight : 0;
      }
      for (int length = field.shortest; length <= Math.min(word.length, field.longest); length++) {
        BytesRef beginning = new BytesRef(word.bytes, word.offset, length);
        if (field.prefixes.containsKey(beginning) && begun.add(beginning)) {
          found += field.prefixes.get(beginning);
        }
      }
      if (found >= least) {
        return found;
      }
    }
    return found;
  }
}
