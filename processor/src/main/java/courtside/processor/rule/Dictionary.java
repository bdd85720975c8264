package courtside.processor.rule;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.index.Term;
import org.apache.lucene.util.BytesRef;

/**
 * The words of a query, and the beginnings of words that it asks for, each by a number. A rule has
 * thousands of them in many groups and a post has thirty: so each word of the post is looked up
 * here, once, rather than each word of each group in the post. Filled while the query is prepared,
 * then only read, by any thread.
 */
final class Dictionary {
  private static final int OPENING = 3;

  private final Map<String, Entries> fields = new HashMap<>();
  private int numbers;

  /** What there is in one field. */
  private static final class Entries {
    private final Map<BytesRef, Integer> words = new HashMap<>();
    private final Map<BytesRef, Integer> beginnings = new HashMap<>();

    /** How they begin themselves: most words begin otherwise. */
    private final BitSet openings = new BitSet();

    private int shortest = Integer.MAX_VALUE;
    private int longest;

    private boolean opensAny(BytesRef word) {
      // A beginning may itself be as short as that.
      return openings.get(opening(word, 1))
          || openings.get(opening(word, 2))
          || openings.get(opening(word, OPENING));
    }
  }

  /** The number of a word. */
  int word(Term term) {
    return in(term).words.computeIfAbsent(term.bytes(), _ -> numbers++);
  }

  /** The number of a beginning of words. */
  int beginning(Term term) {
    Entries entries = in(term);
    entries.openings.set(opening(term.bytes(), OPENING));
    entries.shortest = Math.min(entries.shortest, term.bytes().length);
    entries.longest = Math.max(entries.longest, term.bytes().length);
    return entries.beginnings.computeIfAbsent(term.bytes(), _ -> numbers++);
  }

  private Entries in(Term term) {
    return fields.computeIfAbsent(term.field(), _ -> new Entries());
  }

  /** What of it a post holds. */
  Found in(AnalysedPost post) {
    Found found = new Found(post);
    for (Map.Entry<String, Entries> field : fields.entrySet()) {
      Entries entries = field.getValue();
      for (BytesRef word : post.words(field.getKey())) {
        found.add(entries.words.get(word));
        if (word.length >= entries.shortest && entries.opensAny(word)) {
          beginnings(entries, word, found);
        }
      }
    }
    return found;
  }

  private static void beginnings(Entries entries, BytesRef word, Found found) {
    int longest = Math.min(word.length, entries.longest);
    for (int length = entries.shortest; length <= longest; length++) {
      found.add(entries.beginnings.get(new BytesRef(word.bytes, word.offset, length)));
    }
  }

  /** A number made of the first bytes, at most so many. */
  private static int opening(BytesRef word, int most) {
    int opening = 0;
    for (int i = 0; i < Math.min(most, word.length); i++) {
      opening = (opening << 6) ^ Byte.toUnsignedInt(word.bytes[word.offset + i]);
    }
    return opening;
  }
}
