package courtside.processor.rule;

import java.io.IOException;
import java.io.Reader;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharFilter;
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

/** How text becomes terms. Thread-safe. A change here is a change of {@link Matcher#VERSION}. */
final class Analysis {
  /**
   * Words of any language, without case, accents and width. Han and Hiragana become single
   * characters, and a word of a rule that becomes several terms is a phrase: so {@code 八村塁} is
   * found wherever it stands. Deliberate: no dictionary, which would split the same name in one way
   * alone and in another inside a sentence. Apostrophe and colon separate: {@code l'NBA}, {@code
   * Jokić’s} and the Finnish {@code NBA:ssa} hold the words nba and jokic.
   */
  static final Analyzer WORDS =
      new Analyzer() {
        @Override
        protected TokenStreamComponents createComponents(String field) {
          Tokenizer words = new ICUTokenizer(new DefaultICUTokenizerConfig(false, true));
          return new TokenStreamComponents(words, new ICUFoldingFilter(words));
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
      };

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
