package courtside.processor.rule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.WildcardQuery;
import org.apache.lucene.util.UnicodeUtil;

/**
 * What must occur in a post that a query matches: derived from the query, whose words are analysed
 * already, so that nothing can be understood here otherwise than there.
 */
final class Literals {
  /** More than all literals of a rule come to. */
  private static final double EVERYWHERE = 1e6;

  private Literals() {}

  /**
   * Literals of which one must occur: those of every alternative; of what is required together, the
   * part whose seem rarest; of what must match so many times, as few of the alternatives, the
   * rarest, as leave no way around all of them. Absent where posts may match in which nothing
   * particular occurs: by an exclusion alone, a fuzzy word, a range, a regular expression, a
   * pattern without a letter.
   */
  static Optional<Set<Literal>> of(Query query) {
    return switch (query) {
      case TermQuery term -> of(term.getTerm());
      case PhraseQuery phrase -> rarest(phrase(phrase));
      case BooleanQuery bool -> of(bool);
      case BoostQuery boost -> of(boost.getQuery());
      case ConstantScoreQuery constant -> of(constant.getQuery());
      case PrefixQuery prefix ->
          literal(prefix.getPrefix().field(), prefix.getPrefix().text(), true, false);
      case WildcardQuery wildcard -> rarest(wildcard(wildcard));
      default -> Optional.empty();
    };
  }

  private static Optional<Set<Literal>> of(BooleanQuery query) {
    List<Optional<Set<Literal>>> required = new ArrayList<>();
    List<Query> alternatives = new ArrayList<>();
    for (BooleanClause clause : query) {
      if (clause.isRequired()) {
        required.add(of(clause.query()));
      } else if (!clause.isProhibited()) {
        alternatives.add(clause.query());
      }
    }
    int least = query.getMinimumNumberShouldMatch();
    if (required.isEmpty() || least > 0) {
      required.add(ofSoMany(alternatives, Math.max(1, least)));
    }
    return rarest(required);
  }

  /** An alternative that stands several times counts so often. */
  private static Optional<Set<Literal>> ofSoMany(List<Query> alternatives, int least) {
    Map<Query, Integer> weights = new LinkedHashMap<>();
    alternatives.forEach(alternative -> weights.merge(alternative, 1, Integer::sum));
    List<Part> parts = new ArrayList<>();
    Map<Literal, Integer> uses = new HashMap<>();
    weights.forEach((query, weight) -> parts.add(new Part(of(query), weight)));
    parts.forEach(part ->
        part.literals.orElse(Set.of()).forEach(literal -> uses.merge(literal, 1, Integer::sum)));
    boolean[] leftOut = costliest(parts, uses, least - 1);
    List<Optional<Set<Literal>>> needed = new ArrayList<>();
    for (int i = 0; i < leftOut.length; i++) {
      if (!leftOut[i]) {
        needed.add(parts.get(i).literals);
      }
    }
    return union(needed);
  }

  /**
   * Which to leave out: those that together occur most often, of all that weigh at most so much.
   * They may all occur in a post, and are not enough.
   */
  private static boolean[] costliest(List<Part> parts, Map<Literal, Integer> uses, int most) {
    double[] best = new double[most + 1];
    boolean[][] taken = new boolean[parts.size()][most + 1];
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      double frequency = part.frequency(uses);
      for (int room = most; room >= part.weight; room--) {
        double with = best[room - part.weight] + frequency;
        if (with > best[room]) {
          best[room] = with;
          taken[i][room] = true;
        }
      }
    }
    boolean[] leftOut = new boolean[parts.size()];
    int room = most;
    for (int i = parts.size() - 1; i >= 0; i--) {
      if (taken[i][room]) {
        leftOut[i] = true;
        room -= parts.get(i).weight;
      }
    }
    return leftOut;
  }

  /** An alternative by its literals. */
  private record Part(Optional<Set<Literal>> literals, int weight) {
    /** Of what no other has: the rest is looked for in any case. The worst is one without any. */
    double frequency(Map<Literal, Integer> uses) {
      return literals
          .map(all ->
              Literals.frequency(
                  all.stream()
                      .filter(literal -> uses.getOrDefault(literal, 0) == 1)
                      .collect(Collectors.toSet())))
          .orElse(EVERYWHERE);
    }
  }

  private static Optional<Set<Literal>> union(List<Optional<Set<Literal>>> alternatives) {
    Set<Literal> all = new LinkedHashSet<>();
    for (Optional<Set<Literal>> one : alternatives) {
      if (one.isEmpty()) {
        return Optional.empty();
      }
      all.addAll(one.get());
    }
    return Optional.of(all);
  }

  private static List<Optional<Set<Literal>>> phrase(PhraseQuery query) {
    List<Optional<Set<Literal>>> parts = new ArrayList<>();
    for (Term term : query.getTerms()) {
      parts.add(of(term));
    }
    return parts;
  }

  private static List<Optional<Set<Literal>>> wildcard(WildcardQuery query) {
    String pattern = query.getTerm().text();
    List<Optional<Set<Literal>>> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean first = true;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == WildcardQuery.WILDCARD_STRING || c == WildcardQuery.WILDCARD_CHAR) {
        parts.add(literal(query.getField(), part.toString(), first, false));
        part.setLength(0);
        first = false;
      } else if (c == WildcardQuery.WILDCARD_ESCAPE && i + 1 < pattern.length()) {
        part.append(pattern.charAt(++i));
      } else {
        part.append(c);
      }
    }
    parts.add(literal(query.getField(), part.toString(), first, true));
    return parts;
  }

  private static Optional<Set<Literal>> of(Term term) {
    return literal(term.field(), term.text(), true, true);
  }

  private static Optional<Set<Literal>> literal(
      String name, String term, boolean starts, boolean ends) {
    return Field.named(name)
        .flatMap(field -> {
          String text = field.folding().of(term);
          return text.isEmpty()
              ? Optional.empty()
              : Optional.of(Set.of(new Literal(field, text, starts, ends)));
        });
  }

  private static Optional<Set<Literal>> rarest(List<Optional<Set<Literal>>> required) {
    Optional<Set<Literal>> best = Optional.empty();
    for (Optional<Set<Literal>> one : required) {
      if (one.isPresent() && (best.isEmpty() || frequency(one.get()) < frequency(best.get()))) {
        best = one;
      }
    }
    return best;
  }

  /**
   * A guess: the longer the rarer, and a character of a large alphabet counts for several; but the
   * commonest English words are in every other post.
   */
  private static double frequency(Set<Literal> literals) {
    double sum = 0;
    for (Literal literal : literals) {
      String text = literal.text();
      sum +=
          EnglishAnalyzer.ENGLISH_STOP_WORDS_SET.contains(text)
              ? 1
              : Math.pow(0.5, UnicodeUtil.calcUTF16toUTF8Length(text, 0, text.length()));
    }
    return sum;
  }
}
