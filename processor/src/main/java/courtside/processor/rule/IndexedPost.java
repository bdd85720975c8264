package courtside.processor.rule;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.index.memory.MemoryIndex;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.StringHelper;
import org.jspecify.annotations.Nullable;

/**
 * A post that queries are asked of. Of many alternatives most fail at the first look, so what
 * consists of others is taken apart here, and a word is looked up; the rest is Lucene's. Preparing
 * a large query for an index, as Lucene does with all of it at each search, takes ten times as
 * long. Confined to one thread.
 */
final class IndexedPost {
  private final IndexSearcher searcher;
  private final LeafReader reader;
  private final Map<String, TermsEnum> terms = new HashMap<>();

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

  /** Whether a query over the fields that were analysed matches. */
  boolean matches(Query query) throws IOException {
    return switch (query) {
      case BooleanQuery bool -> matches(bool);
      case BoostQuery boost -> matches(boost.getQuery());
      case TermQuery term -> holds(term.getTerm());
      case PhraseQuery phrase -> holdsAll(phrase.getTerms()) && searcher.count(phrase) > 0;
      case PrefixQuery prefix -> holdsPrefix(prefix.getPrefix());
      case MatchAllDocsQuery _ -> true;
      default -> searcher.count(query) > 0;
    };
  }

  private boolean matches(BooleanQuery query) throws IOException {
    boolean required = false;
    int least = query.getMinimumNumberShouldMatch();
    int found = 0;
    // What has a weight stands several times, one beside the other.
    @Nullable Query last = null;
    boolean lastMatched = false;
    for (BooleanClause clause : query) {
      if (clause.isRequired()) {
        required = true;
        if (!matches(clause.query())) {
          return false;
        }
      } else if (clause.isProhibited()) {
        if (matches(clause.query())) {
          return false;
        }
      } else if (found < Math.max(1, least)) {
        if (clause.query() != last) {
          last = clause.query();
          lastMatched = matches(last);
        }
        found += lastMatched ? 1 : 0;
      }
    }
    // Beside what is required, alternatives only count for a score, unless so many are wanted.
    return required && least == 0 || found >= Math.max(1, least);
  }

  private boolean holdsAll(Term[] all) throws IOException {
    for (Term term : all) {
      if (!holds(term)) {
        return false;
      }
    }
    return true;
  }

  private boolean holds(Term term) throws IOException {
    return termsOf(term.field()).seekExact(term.bytes());
  }

  private boolean holdsPrefix(Term prefix) throws IOException {
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
