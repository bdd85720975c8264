package courtside.processor.rule;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;
import org.apache.lucene.queryparser.classic.ParseException;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.Query;

/**
 * Lucene's classic parser over our fields, that refuses what would silently not do what it says.
 * Confined to one thread.
 */
final class RuleParser extends QueryParser {
  private static final Set<String> OPERATORS = Set.of("and", "or", "not");

  /** What stands where a field does before the name of terms that are meant one by one. */
  static final String EACH = "each";

  /** What stands there before any name of terms. */
  static final Set<String> REFERENCES = Set.of("terms", EACH);

  /** Most names that a message lists. */
  private static final int LISTED = 10;

  /** The caller's. */
  private final Map<String, Rule> named;

  RuleParser(Map<String, Rule> named) {
    super(Field.TEXT.fieldName(), Field.ANALYZER);
    setAllowLeadingWildcard(true);
    // Each word for itself, and one of several terms as a phrase, never as alternatives.
    setSplitOnWhitespace(true);
    setAutoGeneratePhraseQueries(true);
    this.named = named;
  }

  @Override
  protected Query getFieldQuery(String name, String text, boolean quoted) throws ParseException {
    if (REFERENCES.contains(name) && !quoted) {
      return terms(text);
    }
    Field field = field(name);
    if (!quoted && field.isWords() && OPERATORS.contains(text)) {
      throw new ParseException(
          "'"
              + text
              + "' is a word here: write "
              + text.toUpperCase(Locale.ROOT)
              + " for the operator, \""
              + text
              + "\" for the word");
    }
    if (field == Field.KIND && PostValues.KINDS.stream().noneMatch(text::equalsIgnoreCase)) {
      throw new ParseException(
          "no kind '" + Rule.bounded(text) + "': expected one of " + PostValues.KINDS);
    }
    return found(super.getFieldQuery(name, text, quoted), text);
  }

  @Override
  protected Query getFieldQuery(String name, String text, int slop) throws ParseException {
    field(name);
    return found(super.getFieldQuery(name, text, slop), text);
  }

  @Override
  protected Query getRangeQuery(
      String name, String from, String to, boolean withFrom, boolean withTo) throws ParseException {
    field(name);
    return super.getRangeQuery(name, from, to, withFrom, withTo);
  }

  @Override
  protected Query getPrefixQuery(String name, String prefix) throws ParseException {
    oneWord(field(name), prefix, prefix + "*");
    return super.getPrefixQuery(name, prefix);
  }

  @Override
  protected Query getWildcardQuery(String name, String pattern) throws ParseException {
    if (name.equals("*") && pattern.equals("*")) {
      return newMatchAllDocsQuery();
    }
    Field field = field(name);
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '*' || c == '?') {
        oneWord(field, part.toString(), pattern);
        part.setLength(0);
      } else if (c == '\\' && i + 1 < pattern.length()) {
        part.append(pattern.charAt(++i));
      } else {
        part.append(c);
      }
    }
    oneWord(field, part.toString(), pattern);
    return super.getWildcardQuery(name, pattern);
  }

  @Override
  protected Query getFuzzyQuery(String name, String term, float similarity) throws ParseException {
    oneWord(field(name), term, term + "~");
    return super.getFuzzyQuery(name, term, similarity);
  }

  @Override
  protected Query getRegexpQuery(String name, String expression) throws ParseException {
    field(name);
    RegexpBounds.check(expression);
    return super.getRegexpQuery(name, expression);
  }

  @Override
  protected Query getBooleanQuery(List<BooleanClause> clauses) throws ParseException {
    boolean required = clauses.stream().anyMatch(BooleanClause::isRequired);
    for (BooleanClause clause : clauses) {
      if (required && !clause.isRequired() && !clause.isProhibited()) {
        throw new ParseException(
            "'"
                + Rule.bounded(clause.query().toString(Field.TEXT.fieldName()))
                + "' has no effect beside what is required: put what belongs together in"
                + " parentheses");
      }
    }
    if (!clauses.isEmpty() && clauses.stream().allMatch(BooleanClause::isProhibited)) {
      throw new ParseException("only exclusions match nothing: begin with *:* or a word");
    }
    return found(super.getBooleanQuery(clauses), "()");
  }

  private Query terms(String name) throws ParseException {
    Rule terms = named.get(name);
    if (terms == null) {
      throw new ParseException(
          "no terms are called '"
              + Rule.bounded(name)
              + "' before this: expected "
              + (named.size() > LISTED
                  ? "one of the " + named.size() + " names above"
                  : "one of " + named.keySet().stream().sorted().toList()));
    }
    return terms.query();
  }

  private static Field field(String name) throws ParseException {
    return Field.named(name)
        .orElseThrow(() ->
            new ParseException(
                "no field '"
                    + Rule.bounded(name)
                    + "': expected one of "
                    + Field.names()
                    + "; a colon in a word is written \\:"));
  }

  private static Query found(Query query, String text) throws ParseException {
    if (query == null) {
      throw new ParseException("there is no word in '" + Rule.bounded(text) + "'");
    }
    return query;
  }

  /** Words are compared one by one: a part that is not inside one could never match. */
  private static void oneWord(Field field, String part, String pattern) throws ParseException {
    if (part.isEmpty() || !field.isWords()) {
      return;
    }
    int tokens = 0;
    int covered = 0;
    try (TokenStream words = Field.ANALYZER.tokenStream(field.fieldName(), part)) {
      OffsetAttribute offsets = words.addAttribute(OffsetAttribute.class);
      words.reset();
      while (words.incrementToken()) {
        tokens++;
        covered += offsets.endOffset() - offsets.startOffset();
      }
      words.end();
    } catch (IOException e) {
      throw new UncheckedIOException("reading a text in memory", e);
    }
    if (tokens != 1 || covered != part.length()) {
      throw new ParseException(
          "'"
              + Rule.bounded(pattern)
              + "' never matches: expected a pattern within one word (Han and Hiragana are words"
              + " of one character and need none)");
    }
  }
}
