package courtside.processor.rule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.search.Query;

/**
 * Says which of many queries a post may match, by the literals that occur in it, before it is
 * analysed: in one pass over each field that has any. A query without literals passes always, and
 * takes no other with it. Immutable; thread-safe.
 */
final class Prefilter {
  private final BitSet unfiltered = new BitSet();
  private final Map<Field, List<Searched>> searched = new EnumMap<>(Field.class);

  /** What is looked for in a field, and for which queries: by literal. */
  private record Searched(Needles needles, List<int[]> queries) {}

  /** Queries are numbered from 0. */
  Prefilter(List<Query> queries) {
    Map<Place, Map<Literal, List<Integer>>> askedBy = new LinkedHashMap<>();
    for (int i = 0; i < queries.size(); i++) {
      Optional<Set<Literal>> literals = Literals.of(queries.get(i));
      if (literals.isEmpty()) {
        unfiltered.set(i);
      }
      for (Literal literal : literals.orElse(Set.of())) {
        askedBy
            .computeIfAbsent(Place.of(literal), _ -> new LinkedHashMap<>())
            .computeIfAbsent(literal, _ -> new ArrayList<>())
            .add(i);
      }
    }
    askedBy.forEach((place, literals) ->
        searched
            .computeIfAbsent(place.field, _ -> new ArrayList<>())
            .add(
                new Searched(
                    new Needles(List.copyOf(literals.keySet())),
                    literals.values().stream()
                        .map(numbers -> numbers.stream().mapToInt(Integer::intValue).toArray())
                        .toList())));
  }

  /** Where literals are looked for together: names are words of the text. */
  private record Place(Field field, boolean startWords) {
    static Place of(Literal literal) {
      return new Place(
          literal.field() == Field.NAME ? Field.TEXT : literal.field(), literal.starts());
    }
  }

  /** The queries that the post may match; it matches no other. */
  BitSet passing(Candidate candidate) {
    BitSet passing = (BitSet) unfiltered.clone();
    Haystack haystack = new Haystack();
    searched.forEach((field, all) -> {
      for (String value : PostValues.of(candidate, field)) {
        haystack.fill(field, value);
        for (Searched of : all) {
          of.needles.find(
              haystack,
              literal -> {
                for (int query : of.queries.get(literal)) {
                  passing.set(query);
                }
              });
        }
      }
    });
    return passing;
  }
}
