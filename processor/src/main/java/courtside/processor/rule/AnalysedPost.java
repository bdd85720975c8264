package courtside.processor.rule;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.analysis.tokenattributes.TermToBytesRefAttribute;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.memory.MemoryIndex;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;
import org.jspecify.annotations.Nullable;

/**
 * A post, analysed: the words of each field and where they stand. What cannot be told by those is
 * Lucene's, with an index that is made where it is needed. Confined to one thread.
 */
final class AnalysedPost {
  private final Candidate candidate;
  private final Map<String, Map<BytesRef, List<Integer>>> words = new HashMap<>();
  private @Nullable IndexSearcher searcher;

  private AnalysedPost(Candidate candidate) {
    this.candidate = candidate;
  }

  /** Analyses these fields of a post. */
  static AnalysedPost of(Candidate candidate, Set<Field> fields) {
    AnalysedPost post = new AnalysedPost(candidate);
    for (Field field : fields) {
      post.words.put(field.fieldName(), analysed(candidate, field));
    }
    return post;
  }

  private static Map<BytesRef, List<Integer>> analysed(Candidate candidate, Field field) {
    List<String> values = PostValues.of(candidate, field);
    Map<BytesRef, List<Integer>> found = HashMap.newHashMap(values.isEmpty() ? 0 : 32);
    int position = -1;
    for (String value : values) {
      try (TokenStream tokens = Field.POST_ANALYZER.tokenStream(field.fieldName(), value)) {
        TermToBytesRefAttribute term = tokens.getAttribute(TermToBytesRefAttribute.class);
        PositionIncrementAttribute step = tokens.getAttribute(PositionIncrementAttribute.class);
        tokens.reset();
        while (tokens.incrementToken()) {
          position += step.getPositionIncrement();
          BytesRef word = term.getBytesRef();
          List<Integer> places = found.get(word);
          if (places == null) {
            places = new ArrayList<>(1);
            found.put(BytesRef.deepCopyOf(word), places);
          }
          places.add(position);
        }
        tokens.end();
        position += step.getPositionIncrement();
      } catch (IOException e) {
        throw new UncheckedIOException("reading a text in memory", e);
      }
      position += Field.POST_ANALYZER.getPositionIncrementGap(field.fieldName());
    }
    return found;
  }

  /** The words of a field, each once. */
  Set<BytesRef> words(String field) {
    return words.getOrDefault(field, Map.of()).keySet();
  }

  /** Whether it holds a word. */
  boolean holds(Term term) {
    return words.getOrDefault(term.field(), Map.of()).containsKey(term.bytes());
  }

  /** Whether a word of it begins so. */
  boolean holdsPrefix(Term prefix) {
    for (BytesRef word : words(prefix.field())) {
      if (StringHelper.startsWith(word, prefix.bytes())) {
        return true;
      }
    }
    return false;
  }

  /** Whether the words of a phrase stand as they must. */
  boolean holds(PhraseQuery phrase) throws IOException {
    Term[] terms = phrase.getTerms();
    for (Term term : terms) {
      if (!holds(term)) {
        return false;
      }
    }
    if (phrase.getSlop() > 0 || terms.length == 0) {
      return isFoundBy(phrase);
    }
    Map<BytesRef, List<Integer>> ofField = words.getOrDefault(phrase.getField(), Map.of());
    int[] steps = phrase.getPositions();
    for (int first : ofField.getOrDefault(terms[0].bytes(), List.of())) {
      int n = 1;
      while (n < terms.length
          // Places rise, and a text may hold a word thousands of times.
          && Collections.binarySearch(
                  ofField.getOrDefault(terms[n].bytes(), List.of()), first + steps[n] - steps[0])
              >= 0) {
        n++;
      }
      if (n == terms.length) {
        return true;
      }
    }
    return false;
  }

  /** Whether Lucene finds the post by a query. */
  boolean isFoundBy(Query query) throws IOException {
    if (searcher == null) {
      MemoryIndex index = new MemoryIndex();
      for (String name : words.keySet()) {
        Field field = Field.named(name).orElseThrow();
        for (String value : PostValues.of(candidate, field)) {
          index.addField(name, value, Field.POST_ANALYZER);
        }
      }
      searcher = index.createSearcher();
    }
    return searcher.count(query) > 0;
  }
}
