package courtside.processor.rule;

import java.text.Normalizer;
import org.apache.lucene.analysis.Analyzer;
import org.jspecify.annotations.Nullable;

/**
 * Text as the prefilter compares it: folded as {@link Analysis} does, but each character for
 * itself, so that of whatever text a word is a part, its folding is a part of that text's. Folding
 * what the analysis has made of a word gives the same as folding the word. Both need marks to be
 * left out, as what becomes of one depends on its neighbours; so words that differ may fold to the
 * same, and never the other way round. Text is Unicode, as records hold it: half a character is
 * none. Thread-safe.
 */
final class Folding {
  /** For fields of words, and tags. */
  static final Folding WORDS = new Folding(Analysis.WORDS, true);

  /** For values in lower case. */
  static final Folding LOWER_CASE = new Folding(Analysis.LOWER_CASE, false);

  /** For values as they are. */
  static final Folding EXACT = new Folding(Analysis.EXACT, false);

  /** Stands for a character that folding does not change, as most. */
  private static final char[] ITSELF = {};

  private static final int PAGE = 256;
  private static final int PAGES = (Character.MAX_CODE_POINT + 1) / PAGE;

  private final Analyzer analyzer;
  private final boolean withoutMarks;

  /** What was found, a page when first asked for: at most some MB, whatever posts hold. */
  private final char[] @Nullable [] @Nullable [] known = new char[PAGES][][];

  private Folding(Analyzer analyzer, boolean withoutMarks) {
    this.analyzer = analyzer;
    this.withoutMarks = withoutMarks;
  }

  /** Folds a whole text. */
  String of(String text) {
    StringBuilder folded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int character = text.codePointAt(i);
      append(character, folded);
      i += Character.charCount(character);
    }
    return folded.toString();
  }

  /** Appends what becomes of one character: itself, others, or nothing. */
  @SuppressWarnings("ReferenceEquality") // Nothing is empty too.
  void append(int character, StringBuilder to) {
    char[] folded = folded(character);
    if (folded == ITSELF) {
      to.appendCodePoint(character);
    } else {
      to.append(folded);
    }
  }

  private char[] folded(int character) {
    // Two threads may both find the same; a page one of them loses is found again.
    char @Nullable [] @Nullable [] page = known[character / PAGE];
    if (page == null) {
      page = new char[PAGE][];
      known[character / PAGE] = page;
    }
    char[] folded = page[character % PAGE];
    if (folded == null) {
      folded = fold(character);
      page[character % PAGE] = folded;
    }
    return folded;
  }

  private char[] fold(int character) {
    String itself = Character.toString(character);
    String folded = analyzer.normalize("", itself).utf8ToString();
    if (withoutMarks) {
      folded = bare(folded);
    }
    return folded.equals(itself) ? ITSELF : folded.toCharArray();
  }

  private static String bare(String folded) {
    StringBuilder bare = new StringBuilder(folded.length());
    Normalizer.normalize(folded, Normalizer.Form.NFD)
        .codePoints()
        .filter(c -> !isMark(c))
        .forEach(bare::appendCodePoint);
    return bare.toString();
  }

  private static boolean isMark(int character) {
    return switch (Character.getType(character)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> false;
    };
  }
}
