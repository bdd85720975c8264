package courtside.processor.rule;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.lucene.queryparser.charstream.FastCharStream;
import org.apache.lucene.queryparser.classic.QueryParserConstants;
import org.apache.lucene.queryparser.classic.QueryParserTokenManager;
import org.apache.lucene.queryparser.classic.Token;
import org.apache.lucene.queryparser.classic.TokenMgrError;

/** A rule's text, token by token: how it is written in one way, with named terms written out. */
final class RuleText {
  private static final int LONGEST_WEIGHT = 9;

  private RuleText() {}

  /**
   * Writes the tokens as they stand, one space between two that are apart: what cannot change is
   * the list of tokens, and so the meaning. Named terms are written out.
   */
  static String normalise(String text, Map<String, Rule> named) throws RuleException {
    List<Token> tokens = tokens(text);
    StringBuilder normalised = new StringBuilder(text.length());
    int end = 0;
    for (int n = 0; n < tokens.size(); n++) {
      Token token = tokens.get(n);
      if (token.beginColumn > end && !normalised.isEmpty()) {
        normalised.append(' ');
      }
      Rule terms = isReference(tokens, n) ? named.get(tokens.get(n + 2).image) : null;
      if (terms != null && token.image.equals(RuleParser.EACH)) {
        refuseAmongOperators(tokens, n);
        boolean weighs =
            n + 4 < tokens.size() && tokens.get(n + 3).kind == QueryParserConstants.CARAT;
        String weight = weighs ? "^" + tokens.get(n + 4).image : "";
        if (weight.length() > LONGEST_WEIGHT) {
          throw new RuleException(
              token.beginColumn,
              "expected a weight of at most " + (LONGEST_WEIGHT - 1) + " digits");
        }
        String between = "";
        for (String clause : Clauses.of(terms.text())) {
          normalised.append(between).append(clause).append(weight);
          between = " ";
        }
        n += weighs ? 4 : 2;
      } else if (terms != null) {
        normalised.append('(').append(terms.text()).append(')');
        n += 2;
      } else {
        // A sign on its own is one token with the white space after it.
        normalised.append(
            token.kind == QueryParserConstants.BAREOPER
                ? token.image.substring(0, 1) + " "
                : token.image);
      }
      // Before a name that stands often, for much, becomes more than there is memory.
      if (normalised.length() > Rule.MAX_BYTES) {
        throw new RuleException(
            token.beginColumn,
            "expected at most "
                + Rule.MAX_BYTES
                + " bytes with all terms written out, found more from here on");
      }
      end = tokens.get(n).endColumn;
    }
    return normalised.toString();
  }

  /** What is said of one term would be said of the first alone. */
  private static void refuseAmongOperators(List<Token> tokens, int n) throws RuleException {
    int before = n == 0 ? QueryParserConstants.EOF : tokens.get(n - 1).kind;
    int after = n + 3 < tokens.size() ? tokens.get(n + 3).kind : QueryParserConstants.EOF;
    boolean joined =
        switch (before) {
          case QueryParserConstants.AND,
              QueryParserConstants.NOT,
              QueryParserConstants.PLUS,
              QueryParserConstants.MINUS,
              QueryParserConstants.BAREOPER ->
              true;
          default -> after == QueryParserConstants.AND;
        };
    if (joined) {
      throw new RuleException(
          tokens.get(n).beginColumn,
          "'each:' stands beside alternatives alone: write 'terms:' where all of them are meant"
              + " together");
    }
  }

  /**
   * Whether {@code terms:name} or {@code each:name} begins here; whether there are such terms is
   * for the parser.
   */
  private static boolean isReference(List<Token> tokens, int n) throws RuleException {
    if (tokens.get(n).kind != QueryParserConstants.TERM
        || !RuleParser.REFERENCES.contains(tokens.get(n).image)
        || n + 2 >= tokens.size()
        || tokens.get(n + 1).kind != QueryParserConstants.COLON) {
      return false;
    }
    Token name = tokens.get(n + 2);
    if (name.kind == QueryParserConstants.LPAREN) {
      throw new RuleException(
          name.beginColumn,
          "expected one name after '" + tokens.get(n).image + ":', found a parenthesis");
    }
    return name.kind == QueryParserConstants.TERM;
  }

  static List<Token> tokens(String text) throws RuleException {
    QueryParserTokenManager lexer =
        new QueryParserTokenManager(new FastCharStream(new StringReader(text)));
    List<Token> tokens = new ArrayList<>();
    int depth = 0;
    try {
      for (Token token = lexer.getNextToken();
          token.kind != QueryParserConstants.EOF;
          token = lexer.getNextToken()) {
        if (token.kind == QueryParserConstants.LPAREN) {
          depth++;
        } else if (token.kind == QueryParserConstants.RPAREN) {
          depth--;
        }
        if (depth > Rule.MAX_DEPTH) {
          throw new RuleException(
              token.beginColumn, "expected parentheses nested at most " + Rule.MAX_DEPTH + " deep");
        }
        tokens.add(token);
      }
    } catch (TokenMgrError e) {
      int end = tokens.isEmpty() ? 0 : tokens.getLast().endColumn;
      throw new RuleException(
          end,
          "cannot be read from "
              + Rule.quote(text, end)
              + " on: is a quotation mark, bracket or slash not closed?");
    }
    return tokens;
  }

  /** Whether all of it stands in one pair of parentheses. */
  static boolean isOneGroup(String text) throws RuleException {
    List<Token> tokens = tokens(text);
    // Of a field or not.
    boolean named = tokens.size() > 1 && tokens.get(1).kind == QueryParserConstants.COLON;
    int begin = named ? 2 : 0;
    int depth = 0;
    for (int n = begin; n < tokens.size(); n++) {
      switch (tokens.get(n).kind) {
        case QueryParserConstants.LPAREN -> depth++;
        case QueryParserConstants.RPAREN -> depth--;
        default -> {
          // Stands where it stands.
        }
      }
      if (depth == 0) {
        return n > begin && n == tokens.size() - 1;
      }
    }
    return false;
  }
}
