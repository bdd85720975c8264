package courtside.processor.rule;

import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.queryparser.classic.QueryParserConstants;
import org.apache.lucene.queryparser.classic.Token;

/**
 * Takes a rule's text apart into the alternatives that stand beside each other in it: {@code a
 * name:(b c)} into {@code a}, {@code name:b} and {@code name:c}. Confined to one thread.
 */
final class Clauses {
  private final String text;
  private final List<Token> tokens;
  private final List<String> found = new ArrayList<>();

  private Clauses(String text) throws RuleException {
    this.text = text;
    this.tokens = RuleText.tokens(text);
  }

  /**
   * The alternatives of a rule that can be read.
   *
   * @throws RuleException if they are anything else than alternatives
   */
  static List<String> of(String text) throws RuleException {
    Clauses clauses = new Clauses(text);
    clauses.take(0, clauses.tokens.size(), "");
    return clauses.found;
  }

  private void take(int from, int to, String field) throws RuleException {
    for (int n = from; n < to; n++) {
      switch (tokens.get(n).kind) {
        case QueryParserConstants.AND,
            QueryParserConstants.OR,
            QueryParserConstants.NOT,
            QueryParserConstants.PLUS,
            QueryParserConstants.MINUS,
            QueryParserConstants.BAREOPER ->
            throw new RuleException(
                -1,
                "'each:' takes terms that stand beside each other, found '"
                    + tokens.get(n).image
                    + "' between them: put what belongs together in parentheses");
        default -> {
          // The beginning of an alternative.
        }
      }
      String named = field;
      boolean ofItself = false;
      if (n + 1 < to && tokens.get(n + 1).kind == QueryParserConstants.COLON) {
        named = tokens.get(n).image + ":";
        ofItself = true;
        n += 2;
      }
      int last = last(n, to);
      if (tokens.get(n).kind == QueryParserConstants.LPAREN && ofItself) {
        take(n + 1, last, named);
      } else {
        if (last + 1 < to && tokens.get(last + 1).kind == QueryParserConstants.FUZZY_SLOP) {
          last++;
        }
        found.add(named + text.substring(tokens.get(n).beginColumn, tokens.get(last).endColumn));
      }
      n = last;
    }
  }

  /** The last token of what begins here. */
  private int last(int begin, int to) {
    int closes =
        switch (tokens.get(begin).kind) {
          case QueryParserConstants.LPAREN -> QueryParserConstants.RPAREN;
          case QueryParserConstants.RANGEIN_START, QueryParserConstants.RANGEEX_START ->
              QueryParserConstants.RANGEIN_END;
          default -> -1;
        };
    if (closes < 0) {
      return begin;
    }
    int depth = 0;
    for (int n = begin; n < to; n++) {
      int kind = tokens.get(n).kind;
      if (kind == QueryParserConstants.LPAREN) {
        depth++;
      } else if (kind == QueryParserConstants.RPAREN) {
        depth--;
      }
      boolean end = kind == closes || kind == QueryParserConstants.RANGEEX_END;
      if (end && depth == 0) {
        return n;
      }
    }
    throw new IllegalStateException("something is not closed in " + text + ", which was read");
  }
}
