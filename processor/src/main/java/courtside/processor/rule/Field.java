package courtside.processor.rule;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;

/** What rules can ask of a post. The name in a rule is the constant's in lower case. */
enum Field {
  /** The words of the text. */
  TEXT,
  /** Those of them that begin with a capital letter, as names do. */
  NAME,
  /** Each hashtag whole, without its sign. */
  TAG,
  /** Each address that the post links to, whole, in lower case. */
  LINK,
  /** The host of each link, and every domain above it. */
  HOST,
  /** The words of the descriptions of images and videos. */
  ALT,
  /** The words of an external card's title and description. */
  CARD,
  /** Each language, and the ones it belongs to: pt-br is also pt. */
  LANG,
  /** The author's DID, as it is. */
  AUTHOR,
  /** One of post and reply; beside it quote, media. */
  KIND,
  /** What its author labels it with, such as porn. */
  LABEL;

  /** The analysis of rules, and up to the length of terms that of posts: only so do they meet. */
  static final Analyzer ANALYZER = perField(Field::analyzer);

  /** The analysis of posts. */
  static final Analyzer POST_ANALYZER = Analysis.ofPosts(perField(Field::postAnalyzer));

  private static final Map<String, Field> BY_NAME =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(Field::fieldName, Function.identity()));

  String fieldName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether values are split into words. */
  boolean isWords() {
    return this == TEXT || this == NAME || this == ALT || this == CARD;
  }

  private static Analyzer perField(Function<Field, Analyzer> analyzer) {
    return new PerFieldAnalyzerWrapper(
        Analysis.WORDS,
        Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Field::fieldName, analyzer)));
  }

  /** What a rule says in small letters finds the capital ones too. */
  private Analyzer postAnalyzer() {
    return this == NAME ? Analysis.NAMES : analyzer();
  }

  private Analyzer analyzer() {
    return switch (this) {
      case TEXT, NAME, ALT, CARD -> Analysis.WORDS;
      case TAG -> Analysis.TAG;
      case LINK, HOST, LANG, KIND, LABEL -> Analysis.LOWER_CASE;
      case AUTHOR -> Analysis.EXACT;
    };
  }

  /** How the prefilter folds it, in accord with the analysis. */
  Folding folding() {
    return switch (this) {
      case TEXT, NAME, ALT, CARD, TAG -> Folding.WORDS;
      case LINK, HOST, LANG, KIND, LABEL -> Folding.LOWER_CASE;
      case AUTHOR -> Folding.EXACT;
    };
  }

  static Optional<Field> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** The fields that a query looks at, also for what must not be there. */
  static Set<Field> of(Query query) {
    Set<Field> fields = EnumSet.noneOf(Field.class);
    query.visit(
        new QueryVisitor() {
          @Override
          public boolean acceptField(String name) {
            named(name).ifPresent(fields::add);
            return false;
          }

          @Override
          public QueryVisitor getSubVisitor(BooleanClause.Occur occur, Query parent) {
            // By default exclusions are not visited.
            return this;
          }
        });
    return fields;
  }

  static String names() {
    return Arrays.stream(values()).map(Field::fieldName).collect(Collectors.joining(", "));
  }
}
