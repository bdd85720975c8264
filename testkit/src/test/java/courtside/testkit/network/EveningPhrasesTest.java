package courtside.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class EveningPhrasesTest {
  private static final League LEAGUE = League.bundled();

  @ParameterizedTest
  @EnumSource
  void everyLineOfALanguageCanBeSaid(Cast.Language language) {
    // Given
    Phrasebook book = Phrasebook.bundled(language.tag(), LEAGUE);
    SplittableRandom random = new SplittableRandom(1);
    for (Topic topic : Topic.values()) {
      assertThat(book.lines(topic)).as("%s in %s", topic, language).isNotEmpty();
      for (Line line : book.lines(topic)) {
        for (Team team : LEAGUE.teams()) {
          // When: the longest figures there can be
          Scene scene =
              new Scene(
                  team,
                  other(team),
                  team,
                  team.players().getFirst(),
                  168,
                  166,
                  24,
                  5,
                  299,
                  58,
                  22,
                  19);
          Optional<Scene> needed = topic.aboutNba() ? Optional.of(scene) : Optional.empty();
          Pen.Written written = Pen.write(book, line, needed, random);

          // Then: there is room for a hashtag and for what stands before a correction
          String text = written.text().text();
          assertThat(Utterance.graphemes(text)).as("%s: %s", line.place(), text).isBetween(1, 230);
          assertThat(text).as(line.place()).doesNotContain("{", "}").doesNotContain("  ");
          assertThat(written.pictures()).as(line.place()).doesNotContain("").hasSizeLessThan(5);
        }
      }
    }
  }

  @Test
  void thereAreThirtyTeams() {
    assertThat(LEAGUE.teams()).hasSize(30).doesNotHaveDuplicates();
    assertThat(LEAGUE.teams().stream().map(Team::name)).contains("LA Clippers", "Utah Jazz");
  }

  @Test
  void placeholderThatNobodyKnowsIsNamedWithItsLine() {
    assertThatThrownBy(() -> with("life", "[cats]", "[cats]\nMy {dog} barks."))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("life:")
        .hasMessageContaining("unknown placeholder {dog}");
  }

  @Test
  void figuresOfAGameAreRefusedOutsideOne() {
    assertThatThrownBy(() -> with("talk", "[chat]", "[chat]\n{team} won by {lead}."))
        .hasMessageContaining("unknown placeholder {lead}");
    assertThatThrownBy(() -> with("life", "[cats]", "[cats]\nGo {team}!"))
        .hasMessageContaining("unknown placeholder {team}");
  }

  @Test
  void lineAboutTheNbaMustNameIt() {
    assertThatThrownBy(() -> with("game", "[dunk]", "[dunk]\nWhat a dunk!"))
        .hasMessageContaining("to name it");
  }

  @Test
  void onlyLinesAboutAGameTakeSides() {
    assertThatThrownBy(() -> with("life", "[cats]", "[cats]\n+ Hooray for cats!"))
        .hasMessageContaining("take sides");
  }

  @Test
  void braceAloneAndRangeThatFallsAreRefused() {
    assertThatThrownBy(() -> with("life", "[cats]", "[cats]\nA {cat sleeps."))
        .hasMessageContaining("single {");
    assertThatThrownBy(() -> with("life", "[cats]", "[cats]\n{9-2} cats."))
        .hasMessageContaining("rises");
  }

  @Test
  void sectionsMustBeThereBeKnownAndHaveLines() {
    assertThatThrownBy(() -> with("life", "[cats]", "[dogs]"))
        .hasMessageContaining("expected a section [cats]");
    assertThatThrownBy(() -> with("life", "[cats]", "[cats]\nMeow.\n[birds]"))
        .hasMessageContaining("nothing uses sections [birds]");
    assertThatThrownBy(() -> with("life", "[cats]", "[birds]\n[cats]"))
        .hasMessageContaining("section [birds] is empty");
    assertThatThrownBy(() -> with("life", "[cats]", "[Cats]"))
        .hasMessageContaining("expected [section]");
  }

  @Test
  void wordsThatNoLineUsesAndNamesOfNobodyAreRefused() {
    assertThatThrownBy(() -> with("words", "[edited]", "[colour]\nblue\n[edited]"))
        .hasMessageContaining("no line uses [colour]");
    assertThatThrownBy(() -> with("words", "[edited]", "[player]\nNobody = X\n[edited]"))
        .hasMessageContaining("found Nobody");
    assertThatThrownBy(() -> with("words", "[quarter]", "[quarter]\nQ0"))
        .hasMessageContaining("four quarters and overtime");
  }

  @Test
  void placeholderStandsForTheSameThingThroughoutALine() {
    Line line = Line.parse(new SectionFile.Entry("{2-99} and {2-99} || {2-99}", "here"));
    Phrasebook book = Phrasebook.bundled("en", LEAGUE);

    Pen.Written written = Pen.write(book, line, Optional.empty(), new SplittableRandom(3));

    String number = written.pictures().getFirst();
    assertThat(written.text().text()).isEqualTo(number + " and " + number);
  }

  @Test
  void capitalOfAPlaceholderFollowsTheLanguage() {
    assertThat(
            Template.parse("{Word}")
                .fill(_ -> "istanbul", java.util.Locale.forLanguageTag("tr"))
                .text())
        .isEqualTo("İstanbul");
  }

  /** English with a change in one file. */
  private static Phrasebook with(String changed, String from, String to) {
    Map<String, String> contents = new HashMap<>();
    for (String name : List.of("words", "game", "talk", "life", "replies")) {
      StringBuilder text = new StringBuilder();
      SectionFile.bundled("en/" + name + ".txt")
          .sections()
          .forEach((heading, entries) -> {
            text.append('[').append(heading).append("]\n");
            entries.forEach(entry -> text.append(entry.text()).append('\n'));
          });
      contents.put(name, text.toString());
    }
    contents.compute(changed, (_, text) -> text == null ? "" : text.replace(from, to));
    return Phrasebook.read(
        "en", LEAGUE, name -> SectionFile.parse(name, contents.getOrDefault(name, "")));
  }

  private static Team other(Team team) {
    Team last = LEAGUE.teams().getLast();
    return team.equals(last) ? LEAGUE.teams().getFirst() : last;
  }
}
