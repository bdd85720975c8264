package courtside.processor.rule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private Literals() {}

  /**
   * Literals of which one must occur: those of every alternative; of what is required together, the
   * part whose seem rarest; of what must match so many times, as few of the alternatives, the
   * rarest, as leave no way around all of them. Absent where posts may match in which nothing particular occurs: by an
   * exclusion alone, a fuzzy word, a range, a regular expression, a pattern without a letter.
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
    weights.forEach((query, weight) -> parts.add(new Part(of(query), weight)));
    parts.sort(Comparator.comparingDouble(Part::frequency).reversed());
    int without = 0;
    List<Optional<Set<Literal>>> needed = new ArrayList<>();
    for (Part part : parts) {
      // What is left out may all occur, and must not be enough.
      if (without + part.weight < least) {
        without += part.weight;
      } else {
        needed.add(part.literals);
      }
    }
    return union(needed);
  }

  /** An alternative by its literals. */
  private record Part(Optional<Set<Literal>> literals, int weight) {
    /** The worst is one without literals. */
    double frequency() {
      return literals.map(Literals::frequency).orElse(Double.MAX_VALUE);
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

  /** A guess: the longer the rarer, and a character of a large alphabet counts for several. */
  private static double frequency(Set<Literal> literals) {
    double sum = 0;
    for (Literal literal : literals) {
      sum +=
          Math.pow(
              0.5, UnicodeUtil.calcUTF16toUTF8Length(literal.text(), 0, literal.text().length()));
    }
    return sum;
  }
}
