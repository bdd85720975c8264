package courtside.processor.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RuleTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "lakers AND                              | 10 | ends too early",
        "lakers (celtics                         | 15 | ends too early",
        "lakers ) celtics                        | 7  | did not expect ') celtics'",
        "lakers AND OR celtics                   | 11 | did not expect 'OR celtics'",
        "lakers \"celtics                        | 6  | '\"celtics'",
        "txet:lakers                             | 5  | no field 'txet': expected one of text, name, tag, link,",
        "12:30                                   | 3  | a colon in a word is written \\:",
        "-lakers                                 | 1  | only exclusions match nothing",
        "lakers AND (NOT celtics)                | 16 | only exclusions match nothing",
        "lakers AND celtics OR knicks            | 22 | 'knicks' has no effect",
        "lakers OR celtics AND knicks            | 22 | 'lakers' has no effect",
        "+lakers celtics                         | 8  | 'celtics' has no effect",
        "lakers and celtics                      | 7  | write AND for the operator, \"and\" for the word",
        "lakers or celtics                       | 7  | write OR",
        "not lakers                              | 0  | write NOT",
        "text:\"...\"                            | 5  | there is no word in '...'",
        "lakers !!!                              | 8  | did not expect '!!'",
        "buzzer-b*                               | 0  | 'buzzer-b*' never matches: expected a pattern within one word",
        "#nba*                                   | 0  | '#nba*' never matches",
        "八村*                                    | 0  | '八村*' never matches",
        "*村塁?                                   | 0  | never matches",
        "jokic's~                                | 7  | never matches",
        "kind:video                              | 5  | no kind 'video': expected one of [post, reply, quote, media]",
        "/(/                                     | -1 | ",
        "/.*a.{20}b.*c.{20}/                     | -1 | too complex",
      })
  void refusesWhatWouldNotDoWhatItSays(String rule, int offset, String says) {
    RuleException e = catchThrowableOfType(RuleException.class, () -> Rule.parse(rule));

    assertThat(e).as("%s", rule).isNotNull();
    assertThat(e.getMessage()).contains(says == null ? "" : says).doesNotContain("\n");
    assertThat(e.offset()).isEqualTo(offset);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"or\" OR \"not\"",
        "*:*",
        "text:*",
        "*:* -lakers",
        "lak*",
        "*kers",
        "l?kers~1 OR lakers~",
        "레이커* OR Лейк* OR ليك*",
        "tag:#nba* OR tag:nba-*",
        "link:\"https://nba.com/x\" OR link:*nba.com\\/news*",
        "author:\"did:plc:abc\"",
        "[a TO b] {a TO b}",
        "buzzer-beater l'nba 八村塁",
        "(+a +b) (a AND NOT c) \"a b\"~4 c^2",
      })
  void readsTheClassicSyntax(String rule) {
    assertThatCode(() -> Rule.parse(rule)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "`  a\n   b\t\tc  `|a b c",
        "` ( a   AND\n b ) `|( a AND b )",
        "`\"a   b\"   c`|\"a   b\" c",
        "`\"a \\\"  b\"   c`|\"a \\\"  b\" c",
        "`a\\   b`|a\\  b",
        "`/a   b/   c`|/a   b/ c",
        "`[a    TO  \"b  c\"]   d`|[a TO \"b  c\"] d",
        "`a\u3000b`|a b",
        "`+a   -b`|+a -b",
        "`\"a b\"~3   c^2`|\"a b\"~3 c^2",
      })
  void normalisesWhiteSpaceButNotWithinQuotes(String rule, String normalised) throws Exception {
    Rule once = Rule.parse(rule);

    assertThat(once.text()).isEqualTo(normalised);
    assertThat(once.query()).isEqualTo(Rule.parse(normalised).query());
    assertThat(Rule.parse(once.text()).text()).isEqualTo(once.text());
  }

  @Test
  void isBoundedInLengthDepthAndTerms() {
    String many =
        IntStream.range(0, 30_000)
            .mapToObj(i -> "w" + Integer.toString(i, 36))
            .collect(Collectors.joining(" "));
    String more =
        IntStream.range(0, 51_000)
            .mapToObj(i -> "w" + Integer.toString(i, 36))
            .collect(Collectors.joining(" "));

    assertThat(messageOf("a".repeat(Rule.MAX_BYTES + 1))).contains("at most 393216 bytes");
    assertThat(messageOf("(".repeat(20_000) + "a")).contains("at most 32 deep");
    assertThat(messageOf(more)).contains("at most 50000 alternatives beside each other");
    assertThat(messageOf("(" + many + ") (" + many + ")"))
        .contains("at most 50000 terms")
        .contains("found 60000");
    assertThat(messageOf("a b c" + " w~".repeat(1_000))).contains("found 50003");
    assertThat(messageOf("*:* -(" + many + ") -(" + many.replace('w', 'v') + ")"))
        .contains("found 60001");
    assertThat(messageOf("link:" + "é".repeat(5_000))).contains("at most 8192 bytes, found 10000");
    assertThat(messageOf("")).contains("found nothing");
    assertThat(messageOf("/" + "(".repeat(400) + "a" + ")".repeat(400) + "/"))
        .contains("regular expression nested at most 8 deep");
    assertThat(messageOf("/" + "(".repeat(5_000) + "a" + ")".repeat(5_000) + "/"))
        .contains("regular expression of at most 1000 characters, found 10001");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a++", "a.*?", "a{2}{3}", "(ab)?*"})
  void refusesOperatorsUponOperatorsInARegularExpression(String expression) {
    assertThat(messageOf("/" + expression + "/"))
        .contains("expected one of * + ? { after a part of a regular expression, found two");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a[*+?(((((((((]+",
        "\\(\\(\\(\\(\\(\\(\\(\\(\\(a\\*+",
        "((((((((a+)+)+)+)+)+)+)+)",
        "a{1,3}b+",
        "(ab{2}){10}",
        "a[{]{1000}"
      })
  void readsRegularExpressionsWithinTheirBounds(String expression) throws Exception {
    assertThat(Rule.parse("/" + expression + "/").terms()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"((a{1000}){1000}){1000}", "a{1,1001}", "a{100}b{11}", "a{99999999999}"})
  void refusesCountsThatMultiplyInARegularExpression(String expression) {
    assertThat(messageOf("/" + expression + "/"))
        .contains("counted repetitions in a regular expression that multiply to at most 1000");
  }

  private static String messageOf(String rule) {
    RuleException e = catchThrowableOfType(RuleException.class, () -> Rule.parse(rule));
    assertThat(e).isNotNull();
    return e.getMessage();
  }

  @Test
  void writesNamedTermsOut() throws Exception {
    Rule teams = Rule.parse("hawks \"miami heat\" name:(heat magic)");
    Map<String, Rule> named = Map.of("teams", teams);

    assertThat(Rule.parse("nba  terms:teams", named, Optional.empty()).text())
        .isEqualTo("nba (hawks \"miami heat\" name:(heat magic))");
    assertThat(Rule.parse("tag:(terms:teams)", named, Optional.empty()).text())
        .isEqualTo("tag:((hawks \"miami heat\" name:(heat magic)))");
    assertThat(Rule.parse("nba^2 each:teams^2", named, Optional.of(2)).text())
        .isEqualTo("nba^2 hawks^2 \"miami heat\"^2 name:heat^2 name:magic^2");
    assertThat(Rule.parse("each:teams -nba", named, Optional.empty()).text())
        .isEqualTo("hawks \"miami heat\" name:heat name:magic -nba");

    // A group within a field is one.
    assertThat(
            Rule.parse(
                    "each:x^2",
                    Map.of("x", Rule.parse("name:((lakers knicks) heat)")),
                    Optional.of(2))
                .text())
        .isEqualTo("name:(lakers knicks)^2 name:heat^2");

    // What is kept says by itself what it means.
    Rule rule = Rule.parse("(terms:teams AND hoops) tag:(terms:teams)", named, Optional.empty());
    assertThat(Rule.parse(rule.text()).query()).isEqualTo(rule.query());
  }

  @Test
  void writesNoMoreOutThanARuleMayHold() throws Exception {
    Map<String, Rule> named = Map.of("much", Rule.parse("word ".repeat(40_000)));

    assertThatThrownBy(() -> Rule.parse("terms:much ".repeat(30_000), named, Optional.empty()))
        .hasMessageContaining("at most 393216 bytes with all terms written out, found more");
    assertThatThrownBy(() -> Rule.parse("each:much ".repeat(30_000), named, Optional.empty()))
        .hasMessageContaining("at most 393216 bytes with all terms written out, found more");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "terms:temas | no terms are called 'temas' before this: expected one of [both, teams]",
        "terms:(teams) | expected one name after 'terms:', found a parenthesis",
        "each:both | 'each:' takes terms that stand beside each other, found 'AND' between them",
        "*:* NOT each:teams | 'each:' stands beside alternatives alone",
        "nba -each:teams | 'each:' stands beside alternatives alone",
        "each:teams AND nba | 'each:' stands beside alternatives alone",
        "each:teams^0000000001 | expected a weight of at most 8 digits",
        "kind:(terms:teams) | with all terms written out: no kind 'hawks'",
        "terms:teams* | no field 'terms'",
      })
  void refusesNamesOfTermsThatMeanNothing(String rule, String message) throws Exception {
    Map<String, Rule> named =
        Map.of("teams", Rule.parse("hawks nets"), "both", Rule.parse("hawks AND nets"));

    assertThatThrownBy(() -> Rule.parse(rule, named, Optional.empty()))
        .isInstanceOf(RuleException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nba AND lakers | found 'nba' that is required",
        "nba -lakers | found 'lakers' that is excluded",
        "nba^0.5 lakers^9 | expected a whole number from 1 to 100 as weight, found ^0.5",
        "nba^101 | expected a whole number from 1 to 100 as weight, found ^101.0",
        "nba^2 lakers nba | 'nba' stands twice beside other evidence: give it one weight",
        "nba^3 (lakers^2 hawks) | a weight (^) has no effect within parentheses",
        "nba lakers | can come to the threshold of 3, found weights of 2 altogether",
        "name:(nba lakers hawks nets) | expected alternatives beside each other, found one group",
        "(nba^3 lakers) | expected alternatives beside each other, found one group",
      })
  void refusesEvidenceThatCannotBeWeighed(String rule, String message) {
    assertThatThrownBy(() -> Rule.parse(rule, Optional.of(3)))
        .isInstanceOf(RuleException.class)
        .hasMessageContaining(message);
  }
}
