package courtside.processor.rule;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.index.memory.MemoryIndex;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;

/** A post, analysed: what is in it can be asked. Confined to one thread. */
final class IndexedPost {
  private final IndexSearcher searcher;
  private final LeafReader reader;
  private final Map<String, TermsEnum> terms = new HashMap<>();
  private final Map<String, List<BytesRef>> words = new HashMap<>();

  private IndexedPost(MemoryIndex index) {
    this.searcher = index.createSearcher();
    this.reader = searcher.getIndexReader().leaves().getFirst().reader();
  }

  /** Analyses these fields of a post. */
  static IndexedPost of(Candidate candidate, Set<Field> fields) {
    MemoryIndex index = new MemoryIndex();
    for (Field field : fields) {
      for (String value : PostValues.of(candidate, field)) {
        index.addField(field.fieldName(), value, Field.POST_ANALYZER);
      }
    }
    return new IndexedPost(index);
  }

  /** The words of a field, each once. */
  List<BytesRef> words(String field) throws IOException {
    List<BytesRef> known = words.get(field);
    if (known == null) {
      known = new ArrayList<>();
      Terms ofField = reader.terms(field);
      if (ofField != null) {
        TermsEnum each = ofField.iterator();
        for (BytesRef word = each.next(); word != null; word = each.next()) {
          known.add(BytesRef.deepCopyOf(word));
        }
      }
      words.put(field, known);
    }
    return known;
  }

  /** Whether the words of a phrase stand as they must. */
  boolean holds(PhraseQuery phrase) throws IOException {
    for (Term term : phrase.getTerms()) {
      if (!holds(term)) {
        return false;
      }
    }
    return isFoundBy(phrase);
  }

  /** Whether Lucene finds the post by a query. */
  boolean isFoundBy(Query query) throws IOException {
    return searcher.count(query) > 0;
  }

  /** Whether it holds a word. */
  boolean holds(Term term) throws IOException {
    return termsOf(term.field()).seekExact(term.bytes());
  }

  /** Whether a word of it begins so. */
  boolean holdsPrefix(Term prefix) throws IOException {
    TermsEnum ofField = termsOf(prefix.field());
    return ofField.seekCeil(prefix.bytes()) != TermsEnum.SeekStatus.END
        && StringHelper.startsWith(ofField.term(), prefix.bytes());
  }

  private TermsEnum termsOf(String field) throws IOException {
    TermsEnum ofField = terms.get(field);
    if (ofField == null) {
      Terms known = reader.terms(field);
      ofField = known == null ? TermsEnum.EMPTY : known.iterator();
      terms.put(field, ofField);
    }
    return ofField;
  }
}
