package courtside.processor.rule;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/**
 * Alternatives of which so many must match, an alternative that stands several times counting so
 * often. Immutable; thread-safe.
 */
final class Alternatives {
  private final int least;

  /** The numbers of all words that anything here begins with: most of what a post holds is not. */
  private final BitSet numbers = new BitSet();

  private final Map<Integer, Integer> words = new HashMap<>();
  private final Map<Integer, List<Weighed<PhraseQuery>>> phrases = new HashMap<>();

  /** What consists of others, the weightiest first. */
  private final List<Weighed<Prepared>> rest = new ArrayList<>();

  private int weightOfRest;

  /** What counts so much where it matches. */
  private record Weighed<T>(T what, int weight) {}

  private Alternatives(int least) {
    this.least = least;
  }

  /**
   * Those of a query; what it requires and excludes besides is no part of it.
   *
   * @param least how many must match, at least 1
   */
  static Alternatives of(BooleanQuery query, int least, Dictionary dictionary) {
    Map<Query, Integer> weights = new LinkedHashMap<>();
    collect(query, least == 1, weights);
    Alternatives alternatives = new Alternatives(least);
    weights.forEach((one, weight) -> alternatives.add(one, weight, dictionary));
    alternatives.rest.sort(Comparator.comparingInt(other -> -other.weight));
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

  private void add(Query query, int weight, Dictionary dictionary) {
    switch (query) {
      case TermQuery term ->
          words.merge(noted(dictionary.word(term.getTerm())), weight, Integer::sum);
      case PrefixQuery prefix when prefix.getPrefix().bytes().length > 0 ->
          words.merge(noted(dictionary.beginning(prefix.getPrefix())), weight, Integer::sum);
      case PhraseQuery phrase when phrase.getTerms().length > 0 ->
          phrases
              .computeIfAbsent(noted(dictionary.word(phrase.getTerms()[0])), _ -> new ArrayList<>())
              .add(new Weighed<>(phrase, weight));
      default -> {
        rest.add(new Weighed<>(Prepared.of(query, dictionary), weight));
        weightOfRest += weight;
      }
    }
  }

  private int noted(int number) {
    numbers.set(number);
    return number;
  }

  /** Whether they come to enough. */
  boolean match(Found found) throws IOException {
    int sum = 0;
    for (Integer number : found.numbers()) {
      if (numbers.get(number)) {
        sum += words.getOrDefault(number, 0);
        for (Weighed<PhraseQuery> phrase : phrases.getOrDefault(number, List.of())) {
          sum += found.post().holds(phrase.what) ? phrase.weight : 0;
        }
        if (sum >= least) {
          return true;
        }
      }
    }
    int toCome = weightOfRest;
    for (Weighed<Prepared> other : rest) {
      if (sum >= least || sum + toCome < least) {
        break;
      }
      toCome -= other.weight;
      sum += other.what.matches(found) ? other.weight : 0;
    }
    return sum >= least;
  }
}
