package courtside.processor.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import courtside.atproto.syntax.RecordKey;
import courtside.processor.definition.DefinitionException.Mistake;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DefinitionFileTest {
  private static final String DID = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

  @Test
  void readsEveryKey() throws Exception {
    DefinitionFile file =
        read(
            """
            feed: courts
            name: Courts 🎾
            description: >
              About courts,
              of clay.
            terms:
              racket: tennis name:court
              others: padel
            rule: terms:racket^2 clay
            threshold: 2
            exclude: terms:others
            languages: [pt-BR, en, no]
            include-authors: [%s]
            block-authors: ["did:web:example.com"]
            max-age: none
            keep: 12h
            pinned: at://%s/app.bsky.feed.post/3k2a
            hide-seen: true
            examples:
              match: [Tennis!]
              no-match:
                - text: tennis and padel
                  langs: [en]
            """
                .formatted(DID, DID));

    assertThat(file.feed()).isEqualTo(new RecordKey("courts"));
    assertThat(file.displayName()).isEqualTo("Courts 🎾");
    assertThat(file.description()).isEqualTo("About courts, of clay.");
    assertThat(file.rule()).isEqualTo("(tennis name:court)^2 clay");
    assertThat(file.threshold()).contains(2);
    assertThat(file.exclude()).isEqualTo("(padel)");
    assertThat(file.languages()).containsExactly("en", "no", "pt-br");
    assertThat(file.includeAuthors()).containsExactly(DID);
    assertThat(file.blockAuthors()).containsExactly("did:web:example.com");
    assertThat(file.maxAge()).isEmpty();
    assertThat(file.keep()).isEqualTo(Duration.ofHours(12));
    assertThat(file.pinned()).contains("at://" + DID + "/app.bsky.feed.post/3k2a");
    assertThat(file.hideSeen()).isTrue();
    assertThat(file.examples()).hasSize(2);
  }

  @Test
  void saysWhereMatchesAreLookedForInEveryPost() throws Exception {
    String head = "feed: courts\nname: Courts\n";

    assertThat(read(head + "rule: tennis OR tenis~").notice())
        .contains("matches are looked for in every post: no word that must occur");
    assertThat(read(head + "rule: tennis AND tenis~").notice()).isEmpty();
    assertThat(read(head + "include-authors: [%s]".formatted(DID)).notice()).isEmpty();
  }

  @Test
  void hasDefaults() throws Exception {
    DefinitionFile file =
        read(
            """
            feed: courts
            name: Courts
            rule: tennis
            """);

    assertThat(file.description()).isEmpty();
    assertThat(file.exclude()).isEmpty();
    assertThat(file.languages()).isEmpty();
    assertThat(file.maxAge()).contains(Duration.ofDays(7));
    assertThat(file.keep()).isEqualTo(Duration.ofDays(3));
    assertThat(file.pinned()).isEmpty();
    assertThat(file.hideSeen()).isFalse();
    assertThat(file.toDefinition("s1", true).set()).isEqualTo("s1");
    assertThat(file.toDefinition("s1", true).hold()).isTrue();
  }

  @Test
  void saysEveryMistakeWithItsLine() {
    DefinitionException e =
        mistakes(
            """
            # comment
            feed: no/slash
            name: far too long a name for any feed
            colour: red
            rule: |
              "the  court"
              tennis OR
              (clay AND
            exclude: txet:padel
            languages: [english, en]
            languages: []
            include-authors: handle.example.com
            block-authors:
              - did:plc:ok

              - handle.example.com
            max-age: 7 days
            keep: 0d
            pinned: at://handle.example.com/app.bsky.feed.post/1
            examples:
              match: tennis
              nomatch: []
            """);

    assertThat(e.mistakes())
        .extracting(Mistake::line)
        .containsExactly(2, 3, 4, 8, 9, 10, 11, 12, 16, 17, 18, 19, 21, 22);
    assertThat(e.file()).isEqualTo("courts.yaml");
    assertThat(e.getMessage().lines())
        .hasSize(14)
        .allMatch(line -> line.startsWith("courts.yaml:"))
        .anyMatch(line ->
            line.equals(
                "courts.yaml:2: expected 1 to 512 letters, digits and ._:~- as the name of a feed, found 'no/slash'"))
        .anyMatch(line ->
            line.equals(
                "courts.yaml:3: expected at most 24 characters and 240 bytes for 'name', found 32 and 32"))
        .anyMatch(line -> line.contains(":4: ") && line.contains("found the key 'colour'"))
        .anyMatch(line -> line.contains(":8: ends too early"))
        .anyMatch(line -> line.contains(":9: no field 'txet'"))
        .anyMatch(
            line -> line.contains(":10: expected a language such as en or pt-BR, found 'english'"))
        .anyMatch(line -> line.contains(":11: 'languages' stands here again, after line 10"))
        .anyMatch(line -> line.contains(":12: expected a list for 'include-authors', found a text"))
        .anyMatch(line -> line.contains(":16: expected a DID"))
        .anyMatch(line ->
            line.contains(":17: expected a duration such as 30m, 12h or 7d, found '7 days'"))
        .anyMatch(line -> line.contains(":19: expected the address of a post"))
        .anyMatch(line -> line.contains(":21: expected a list for 'match', found a text"))
        .anyMatch(line -> line.contains(":22: expected one of [match, no-match]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rule: |\n  tennis\n\n  clay AND ) red\n",
        "rule: >-\n  tennis\n\n  clay AND ) red\n",
        "rule:\n  tennis\n\n  clay AND ) red\n",
        "rule: tennis\n  \"golden  state\"\n  clay 🎾 AND ) red\n",
      })
  void findsTheLineWithinARuleOfSeveral(String rule) {
    DefinitionException e = mistakes("feed: courts\nname: Courts\n" + rule + "keep: 3d\n");

    assertThat(e.mistakes())
        .singleElement()
        .satisfies(mistake -> {
          assertThat(mistake.message()).startsWith("did not expect ') red'");
          assertThat(mistake.line()).isEqualTo(rule.startsWith("rule: tennis") ? 5 : 6);
        });
  }

  @Test
  void saysTheFirstLineOfAQuotedRule() {
    DefinitionException e =
        mistakes("feed: courts\nname: Courts\nrule: \"tennis\n  clay AND ) red\"\n");

    assertThat(e.mistakes()).extracting(Mistake::line).containsExactly(3);
  }

  @Test
  void quotesEachExampleThatComesOutWrong() {
    DefinitionException e =
        mistakes(
            """
            feed: courts
            name: Courts
            rule: tennis
            exclude: padel
            examples:
              match:
                - tennis is fine
                - football is not
                - tags: [tennis]
              no-match:
                - >
                  A long text about the wonderful game of tennis, which goes on and on for ever

                - text: tennis, padel
            """);

    assertThat(e.mistakes())
        .containsExactly(
            new Mistake(8, "the example 'football is not' must match, but does not"),
            new Mistake(
                9, "the example 'tags [tennis], links [], alt []' must match, but does not"),
            new Mistake(
                11,
                "the example 'A long text about the wonderful game of tennis, which goes o…' must"
                    + " not match, but does"));
  }

  @Test
  void anExampleMayBeLabelled() throws Exception {
    DefinitionFile file =
        read(
            """
            feed: courts
            name: Courts
            rule: tennis
            exclude: label:*
            examples:
              match: [tennis]
              no-match:
                - text: tennis
                  labels: [nudity]
            """);

    assertThat(file.examples().getLast().post().labels()).containsExactly("nudity");
  }

  @Test
  void anExampleHasTheHashtagsOfItsTextAndAWantedLanguage() throws Exception {
    DefinitionFile file =
        read(
            """
            feed: courts
            name: Courts
            rule: tag:(clay tennis)
            languages: [fr]
            examples:
              match:
                - "Allez! #Clay, (voilà)"
                - "#tennis"
              no-match:
                - "clay tennis a#clay # "
                - {text: "#clay", tags: []}
                - {text: "#clay", langs: [en]}
            """);

    assertThat(file.examples().getFirst().post().tags()).isEqualTo(List.of("Clay"));
  }

  @Test
  void needsARuleOrAuthors() throws Exception {
    assertThat(mistakes("name: Courts\nfeed: courts\n").mistakes())
        .containsExactly(new Mistake(1, "expected a 'rule', or 'include-authors', found neither"));
    assertThat(read("name: A\nfeed: a\ninclude-authors: [" + DID + "]\n").rule()).isEmpty();
    assertThat(mistakes("rule: x\n").mistakes())
        .extracting(Mistake::message)
        .containsExactly(
            "expected the key 'feed', found none", "expected the key 'name', found none");
  }

  @Test
  void countsGraphemesAsPeopleDo() throws Exception {
    String family = "👨‍👩‍👧‍👦";
    assertThat(read("feed: a\nrule: x\nname: " + family.repeat(9) + "\n").displayName())
        .isEqualTo(family.repeat(9));
    assertThat(mistakes("feed: a\nrule: x\nname: " + family.repeat(10) + "\n"))
        .hasMessageContaining("found 10 and 250");
    assertThat(mistakes("feed: a\nrule: x\nname: A\ndescription: " + "é".repeat(301) + "\n"))
        .hasMessageContaining("courts.yaml:4: ")
        .hasMessageContaining("found 301 and 602");
  }

  @Test
  void rejectsWhatIsNoDefinition() {
    assertThat(mistakes("").mistakes())
        .containsExactly(new Mistake(1, "expected a definition, found an empty file"));
    assertThat(mistakes("- a\n- b\n")).hasMessageContaining("found a list");
    assertThat(mistakes("just text")).hasMessageContaining("found a text");
    assertThat(mistakes("feed: a\nname: A\nrule: *all\n").mistakes().getFirst())
        .satisfies(mistake -> assertThat(mistake.line()).isEqualTo(3))
        .satisfies(mistake -> assertThat(mistake.message()).contains("aliases are not used"));
    assertThat(mistakes("feed: a\nname: A\nrule: *:*\n").mistakes().getFirst().line()).isEqualTo(3);
    assertThat(mistakes("feed: a\nname: \"A\nrule: x\n").mistakes())
        .singleElement()
        .satisfies(mistake -> assertThat(mistake.message()).startsWith("expected YAML: "));
    assertThat(mistakes("feed: a\nname: A\nrule: x\n---\nfeed: b\n").mistakes())
        .containsExactly(new Mistake(5, "expected one document a file"));
    assertThat(mistakes("feed: a\nname: [[[[[[[[a]]]]]]]]\nrule:\n").mistakes())
        .extracting(Mistake::line)
        .contains(2, 3);
    assertThat(mistakes("[".repeat(50_000)).mistakes()).isNotEmpty();
    assertThat(mistakes("{a: ".repeat(50_000)).mistakes()).isNotEmpty();
    assertThat(mistakes("# " + "x".repeat(DefinitionFile.MAX_BYTES)))
        .hasMessageContaining("at most 524288 bytes");
    byte[] latin = {'f', ':', ' ', (byte) 0xe9};
    assertThatThrownBy(() -> DefinitionFile.read("latin.yaml", new ByteArrayInputStream(latin)))
        .isInstanceOf(DefinitionException.class)
        .hasMessage("latin.yaml:1: expected UTF-8, found other bytes");
    assertThatThrownBy(() -> DefinitionFile.read(Path.of("no", "such.yaml")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void saysWhatIsWrongWithTermsAndThreshold() {
    assertThat(
            mistakes(
                    """
                    feed: a
                    name: A
                    terms:
                      First: x
                      second: |
                        y
                        terms:third
                      third: z^2
                    threshold: 1
                    rule: terms:second
                    """)
                .mistakes())
        .containsExactly(
            new Mistake(
                4,
                "expected a small letter and then letters, digits and _ as a name, found 'First'"),
            new Mistake(7, "no terms are called 'third' before this: expected one of [First]"),
            new Mistake(8, "a weight (^) counts only in a 'rule' at the top, with a 'threshold'"),
            new Mistake(9, "expected a number from 2 to 100 as threshold, found '1'"),
            new Mistake(
                10, "no terms are called 'second' before this: expected one of [First, third]"));
    assertThat(mistakes("feed: a\nname: A\nrule: x^2\n").mistakes())
        .containsExactly(
            new Mistake(3, "a weight (^) counts only in a 'rule' at the top, with a 'threshold'"));
    assertThat(mistakes("feed: a\nname: A\nterms: [x]\nrule: x\n").mistakes())
        .containsExactly(new Mistake(3, "expected names with terms for 'terms', found a list"));
  }

  @Test
  void boundsWhatTermsComeTo() {
    StringBuilder names = new StringBuilder("feed: a\nname: A\nrule: x\nterms:\n  a: ");
    names.append("word ".repeat(40_000)).append('\n');
    for (int i = 0; i < 900; i++) {
      names.append("  b").append(i).append(": terms:a\n");
    }
    assertThat(mistakes(names.toString()).mistakes())
        .hasSizeGreaterThan(800)
        .allSatisfy(mistake ->
            assertThat(mistake.message()).contains("come to at most 1572864 characters"));

    StringBuilder many = new StringBuilder("feed: a\nname: A\nrule: x\nterms:\n");
    for (int i = 0; i < 1_001; i++) {
      many.append("  b").append(i).append(": x\n");
    }
    assertThat(mistakes(many.toString()).mistakes())
        .containsExactly(new Mistake(4, "expected at most 1000 names for 'terms', found 1001"));
    assertThat(
            mistakes("feed: a\nname: A\nthreshold: 2\ninclude-authors: [" + DID + "]\n").mistakes())
        .containsExactly(new Mistake(3, "a 'threshold' says nothing without a 'rule'"));
  }

  @Test
  void saysSoWhereRuleAndExclusionAreTooLargeTogether() {
    String rule = "a ".repeat(26_000);
    DefinitionException e =
        mistakes("feed: a\nname: A\nexclude: " + rule + "\nrule: " + rule + "\n");

    assertThat(e.mistakes())
        .singleElement()
        .satisfies(mistake -> assertThat(mistake.line()).isEqualTo(4))
        .satisfies(mistake -> assertThat(mistake.message()).contains("found 52000"));
  }

  @Test
  void theShippedFeedHoldsItsExamples() throws Exception {
    Path feeds = Path.of(System.getProperty("courtside.root", ".."), "feeds");

    DefinitionFile file = DefinitionFile.read(feeds.resolve("nba-now.yaml"));

    assertThat(file.feed().value()).isEqualTo("nba-now");
    assertThat(file.displayName()).isEqualTo("NBA Now");
    assertThat(file.maxAge()).isEqualTo(Optional.of(Duration.ofDays(7)));
    assertThat(file.examples()).filteredOn(Example::matches).hasSizeGreaterThanOrEqualTo(12);
    assertThat(file.examples())
        .filteredOn(example -> !example.matches())
        .hasSizeGreaterThanOrEqualTo(12);
  }

  private static DefinitionFile read(String yaml) throws Exception {
    return DefinitionFile.read(
        "courts.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
  }

  private static DefinitionException mistakes(String yaml) {
    DefinitionException e = catchThrowableOfType(DefinitionException.class, () -> read(yaml));
    assertThat(e).as("a mistake in %.100s", yaml).isNotNull();
    return e;
  }
}
