package courtside.processor.rule;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.lucene.index.Term;
import org.apache.lucene.queryparser.classic.ParseException;
import org.apache.lucene.queryparser.classic.QueryParserConstants;
import org.apache.lucene.queryparser.classic.Token;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.util.UnicodeUtil;
import org.apache.lucene.util.automaton.ByteRunAutomaton;
import org.apache.lucene.util.automaton.TooComplexToDeterminizeException;

/**
 * A rule that was read and can be matched: a query in Lucene's classic syntax over the fields text
 * (the default), name, tag, link, host, alt, card, lang, author, kind and label. Immutable;
 * thread-safe.
 *
 * <p>Words beside each other are alternatives. A word that holds several terms ({@code
 * buzzer-beater}) is a phrase. Wildcards, also leading ones, regular expressions, fuzzy terms and
 * ranges work within one word; such a term is compared with every word of every post, and so costs
 * more than plain ones, which are looked up.
 *
 * <p>What the classic syntax accepts and then does not do is refused: unknown fields, exclusions
 * alone, alternatives beside requirements ({@code a AND b OR c}), words without a letter, patterns
 * across words, and {@code and}, {@code or}, {@code not} in lower case.
 *
 * <p>{@code terms:name} stands for terms that have that name, in parentheses, and {@code each:name}
 * for the same beside each other, each with the weight that follows.
 *
 * <p>With a threshold, what stands beside each other at the top are pieces of evidence: each counts
 * its weight, {@code word^3}, or 1, once, however often and by however many of its words it occurs;
 * a post matches where they come to the threshold. Within parentheses nothing is counted.
 *
 * @see <a
 *     href="https://lucene.apache.org/core/10_3_0/queryparser/org/apache/lucene/queryparser/classic/package-summary.html">
 *     Classic query syntax</a>
 */
public final class Rule {
  /**
   * Longest text of a rule, in bytes of UTF-8, with all named terms written out: with an exclusion
   * as long it fits into a record.
   */
  public static final int MAX_BYTES = 384 * 1024;

  /** Most terms of a rule and its exclusion together. */
  public static final int MAX_TERMS = 50_000;

  /** Least threshold: where one piece of evidence is enough, there is nothing to count. */
  public static final int LEAST_THRESHOLD = 2;

  /** Greatest threshold. */
  public static final int MAX_THRESHOLD = 100;

  /** Longest term, in bytes; Lucene itself cannot hold more than 32,766. */
  public static final int MAX_TERM_BYTES = 8_192;

  /** Deepest nesting of parentheses: reading and matching are recursive. */
  public static final int MAX_DEPTH = 32;

  /** Longest regular expression, in characters. */
  public static final int MAX_REGEXP_LENGTH = 1_000;

  /** Deepest nesting in one: each level may double what it becomes. */
  public static final int MAX_REGEXP_DEPTH = 8;

  /** What the counted repetitions in one, {@code a{2,5}}, may multiply to: each is written out. */
  public static final int MAX_REGEXP_REPETITIONS = 1_000;

  private static final int QUOTED = 40;

  static {
    // What is matched here never becomes a search of all of it; the bound that holds is ours.
    IndexSearcher.setMaxClauseCount(MAX_TERMS);
  }

  private final String text;
  private final Query query;
  private final int terms;

  private Rule(String text, Query query, int terms) {
    this.text = text;
    this.query = query;
    this.terms = terms;
  }

  /**
   * Reads a rule that refers to no named terms, and of which one alternative is enough.
   *
   * @throws RuleException if it cannot be read, or would not do what it says
   */
  public static Rule parse(String text) throws RuleException {
    return parse(text, Optional.empty());
  }

  /**
   * Reads a rule that refers to no named terms.
   *
   * @param threshold what its evidence must come to; absent where one alternative is enough
   * @throws RuleException if it cannot be read, or would not do what it says
   */
  public static Rule parse(String text, Optional<Integer> threshold) throws RuleException {
    return parse(text, Map.of(), threshold);
  }

  /**
   * Reads a rule.
   *
   * @param named what {@code terms:name} stands for, by name; it is written out in the rule's text,
   *     which so says all by itself
   * @param threshold what its evidence must come to; absent where one alternative is enough
   * @throws RuleException if it cannot be read, or would not do what it says
   */
  public static Rule parse(String text, Map<String, Rule> named, Optional<Integer> threshold)
      throws RuleException {
    bound(text, "");
    String normalised = RuleText.normalise(text, named);
    if (normalised.isEmpty()) {
      throw new RuleException(0, "expected a query, found nothing; *:* matches every post");
    }
    // As written first: there mistakes have a place.
    Query query = read(text, named);
    if (!named.isEmpty()) {
      bound(normalised, " with all terms written out");
      try {
        RuleText.tokens(normalised);
        query = read(normalised, Map.of());
      } catch (RuleException e) {
        throw new RuleException(-1, "with all terms written out: " + e.getMessage());
      }
    }
    TermCount count = new TermCount();
    query.visit(count);
    if (count.terms > MAX_TERMS) {
      throw tooMany(count.terms);
    }
    if (count.longest > MAX_TERM_BYTES) {
      throw new RuleException(
          -1, "expected terms of at most " + MAX_TERM_BYTES + " bytes, found " + count.longest);
    }
    if (threshold.isPresent()) {
      if (RuleText.isOneGroup(normalised)) {
        throw new RuleException(
            0, "with a threshold, expected alternatives beside each other, found one group");
      }
      query = Evidence.weighed(query, threshold.get());
    }
    return new Rule(normalised, query, count.terms);
  }

  private static void bound(String text, String how) throws RuleException {
    int bytes = UnicodeUtil.calcUTF16toUTF8Length(text, 0, text.length());
    if (bytes > MAX_BYTES) {
      throw new RuleException(
          -1, "expected at most " + MAX_BYTES + " bytes" + how + ", found " + bytes);
    }
  }

  private static Query read(String text, Map<String, Rule> named) throws RuleException {
    RuleParser parser = new RuleParser(named);
    try {
      return parser.parse(text);
    } catch (ParseException e) {
      throw explain(e, parser, text);
    } catch (TooComplexToDeterminizeException e) {
      throw new RuleException(-1, "a regular expression or pattern is too complex to match");
    } catch (IllegalArgumentException e) {
      throw new RuleException(-1, "not a query: " + bounded(String.valueOf(e.getMessage())));
    }
  }

  /** The text with one space where the syntax has any white space, none within quotes changed. */
  public String text() {
    return text;
  }

  /**
   * Whether it is asked of every post, because there is no word, tag, host or anything else of
   * which one must occur in what it matches. Each such post is then analysed, however little comes
   * of it.
   */
  public boolean looksAtEveryPost() {
    return Literals.of(query).isEmpty();
  }

  /** Whether anything in it has a weight, which counts only with a threshold. */
  public boolean hasWeights() {
    return Evidence.hasWeights(query);
  }

  Query query() {
    return query;
  }

  /** How many terms it has, a fuzzy one counting as all those it may become. */
  int terms() {
    return terms;
  }

  static RuleException tooMany(int terms) {
    return new RuleException(
        -1,
        "expected at most "
            + MAX_TERMS
            + " terms in a rule and its exclusion, found "
            + terms
            + " (a fuzzy one counts "
            + FuzzyQuery.defaultMaxExpansions
            + ")");
  }

  private static RuleException explain(ParseException e, RuleParser parser, String text) {
    if (e.getCause() instanceof ParseException cause) {
      if (cause.currentToken != null && cause.currentToken.next != null) {
        Token found = cause.currentToken.next;
        return found.kind == QueryParserConstants.EOF
            ? new RuleException(
                text.length(),
                "ends too early: is something not closed, or nothing after an operator?")
            : new RuleException(
                found.beginColumn, "did not expect " + quote(text, found.beginColumn));
      }
      int offset = parser.token == null ? -1 : parser.token.beginColumn;
      return new RuleException(offset, String.valueOf(cause.getMessage()));
    }
    if (e.getCause() instanceof IndexSearcher.TooManyClauses) {
      return new RuleException(
          -1, "expected at most " + MAX_TERMS + " alternatives beside each other");
    }
    return new RuleException(-1, "not a query: " + bounded(String.valueOf(e.getMessage())));
  }

  static String quote(String text, int from) {
    return "'" + bounded(text.substring(Math.min(from, text.length())).strip()) + "'";
  }

  static String bounded(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.codePointCount(0, line.length()) <= QUOTED
        ? line
        : line.substring(0, line.offsetByCodePoints(0, QUOTED)) + "…";
  }

  /** Counts what a query may become when it is run. */
  private static final class TermCount extends QueryVisitor {
    private int terms;
    private int longest;

    @Override
    public void consumeTerms(Query query, Term... found) {
      terms += found.length;
      for (Term term : found) {
        longest = Math.max(longest, term.bytes().length);
      }
    }

    @Override
    public void consumeTermsMatching(
        Query query, String field, Supplier<ByteRunAutomaton> automaton) {
      terms += query instanceof FuzzyQuery ? FuzzyQuery.defaultMaxExpansions : 1;
    }

    @Override
    public void visitLeaf(Query query) {
      terms++;
    }

    @Override
    public QueryVisitor getSubVisitor(BooleanClause.Occur occur, Query parent) {
      // By default exclusions are not visited; they cost as much.
      return this;
    }
  }
}
