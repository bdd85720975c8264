package courtside.processor.rule;

import java.io.IOException;
import java.io.Reader;
import java.util.function.UnaryOperator;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.AnalyzerWrapper;
import org.apache.lucene.analysis.CharFilter;
import org.apache.lucene.analysis.FilteringTokenFilter;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.core.KeywordAnalyzer;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.icu.ICUFoldingFilter;
import org.apache.lucene.analysis.icu.segmentation.DefaultICUTokenizerConfig;
import org.apache.lucene.analysis.icu.segmentation.ICUTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.util.UnicodeUtil;

/** How text becomes terms. Thread-safe. A change here is a change of {@link Matcher#VERSION}. */
final class Analysis {
  /**
   * Words of any language, without case, accents and width. Han and Hiragana become single
   * characters, and a word of a rule that becomes several terms is a phrase: so {@code 八村塁} is
   * found wherever it stands. Deliberate: no dictionary, which would split the same name in one way
   * alone and in another inside a sentence. Apostrophe and colon separate: {@code l'NBA}, {@code
   * Jokić’s} and the Finnish {@code NBA:ssa} hold the words nba and jokic.
   */
  static final Analyzer WORDS = new Words(words -> words);

  /** Of those, the ones that begin with a capital letter, each where it stood. */
  static final Analyzer NAMES = new Words(Capitalised::new);

  /** A hashtag: without case, accents, width and sign. */
  static final Analyzer TAG =
      new Analyzer() {
        @Override
        protected TokenStreamComponents createComponents(String field) {
          Tokenizer whole = new KeywordTokenizer();
          return new TokenStreamComponents(whole, normalize(field, whole));
        }

        @Override
        protected TokenStream normalize(String field, TokenStream in) {
          return new WithoutSign(new ICUFoldingFilter(in));
        }
      };

  /** The whole value in lower case. */
  static final Analyzer LOWER_CASE =
      new Analyzer() {
        @Override
        protected TokenStreamComponents createComponents(String field) {
          Tokenizer whole = new KeywordTokenizer();
          return new TokenStreamComponents(whole, normalize(field, whole));
        }

        @Override
        protected TokenStream normalize(String field, TokenStream in) {
          return new LowerCaseFilter(in);
        }
      };

  /** The whole value as it is. */
  static final Analyzer EXACT = new KeywordAnalyzer();

  private Analysis() {}

  /**
   * The same analysis for posts, less the terms that are longer than any of a rule can be. Folding
   * may make eighteen characters of one, and Lucene cannot index a term of more than 32,766 bytes.
   * Left out rather than cut, so that two long words that begin alike stay two; positions count as
   * before. Rules keep their long terms, which are refused where a rule is read.
   */
  static Analyzer ofPosts(Analyzer ofRules) {
    return new AnalyzerWrapper(Analyzer.PER_FIELD_REUSE_STRATEGY) {
      @Override
      protected Analyzer getWrappedAnalyzer(String field) {
        return ofRules;
      }

      @Override
      protected TokenStreamComponents wrapComponents(
          String field, TokenStreamComponents components) {
        return new TokenStreamComponents(
            components.getSource(), new WithoutLongTerms(components.getTokenStream()));
      }
    };
  }

  /** Words, of which some may be left out while their letters are still as they were written. */
  private static final class Words extends Analyzer {
    private final UnaryOperator<TokenStream> choice;

    Words(UnaryOperator<TokenStream> choice) {
      this.choice = choice;
    }

    @Override
    protected TokenStreamComponents createComponents(String field) {
      Tokenizer words = new ICUTokenizer(new DefaultICUTokenizerConfig(false, true));
      return new TokenStreamComponents(words, new ICUFoldingFilter(choice.apply(words)));
    }

    @Override
    protected Reader initReader(String field, Reader reader) {
      return new JoinersAsSpaces(reader);
    }

    @Override
    protected TokenStream normalize(String field, TokenStream in) {
      return new ICUFoldingFilter(in);
    }

    @Override
    public int getPositionIncrementGap(String field) {
      // No phrase reaches from one image's description into the next's.
      return 1_000;
    }
  }

  /** Leaves out what does not begin with a capital letter. */
  private static final class Capitalised extends FilteringTokenFilter {
    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);

    Capitalised(TokenStream in) {
      super(in);
    }

    @Override
    protected boolean accept() {
      return isCapital(Character.codePointAt(term, 0));
    }
  }

  /** Whether a name begins with this character. */
  static boolean isCapital(int character) {
    return Character.isUpperCase(character) || Character.isTitleCase(character);
  }

  /** Lets words end at apostrophe and colon, which the standard rules take for part of them. */
  private static final class JoinersAsSpaces extends CharFilter {
    JoinersAsSpaces(Reader in) {
      super(in);
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
      int read = input.read(buffer, offset, length);
      for (int i = offset; i < offset + read; i++) {
        switch (buffer[i]) {
          case '\'', '’', '‘', 'ʼ', '＇', ':', '：' -> buffer[i] = ' ';
          default -> {
            // Part of a word, or a separator already.
          }
        }
      }
      return read;
    }

    @Override
    protected int correct(int offset) {
      return offset;
    }
  }

  /** Leaves out what no term of a rule can equal. */
  private static final class WithoutLongTerms extends FilteringTokenFilter {
    private static final int MOST_BYTES_OF_A_CHAR = UnicodeUtil.MAX_UTF8_BYTES_PER_CHAR;

    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);

    WithoutLongTerms(TokenStream in) {
      super(in);
    }

    @Override
    protected boolean accept() {
      return term.length() <= Rule.MAX_TERM_BYTES / MOST_BYTES_OF_A_CHAR
          || UnicodeUtil.calcUTF16toUTF8Length(term, 0, term.length()) <= Rule.MAX_TERM_BYTES;
    }
  }

  /** Takes the sign from a hashtag. */
  private static final class WithoutSign extends TokenFilter {
    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);

    WithoutSign(TokenStream in) {
      super(in);
    }

    @Override
    public boolean incrementToken() throws IOException {
      if (!input.incrementToken()) {
        return false;
      }
      int length = term.length();
      if (length > 1 && term.charAt(0) == '#') {
        char[] buffer = term.buffer();
        System.arraycopy(buffer, 1, buffer, 0, length - 1);
        term.setLength(length - 1);
      }
      return true;
    }
  }
}
