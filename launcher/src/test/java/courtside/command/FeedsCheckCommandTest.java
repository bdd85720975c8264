package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A definition is measured without any pipeline. */
final class FeedsCheckCommandTest {
  @TempDir Path directory;
  private Path definition;
  private Path posts;

  @BeforeEach
  void write() throws Exception {
    definition =
        Files.writeString(
            directory.resolve("heat.yaml"),
            "feed: heat\nname: Heat\nrule: heat\nexamples:\n  match: [Heat!]\n");
    posts =
        Files.writeString(
            directory.resolve("posts.jsonl"),
            """
            {"match": true, "lang": "en", "kind": "team", "text": "heat one"}
            {"match": true, "lang": "es", "kind": "team", "text": "el equipo de miami"}
            {"match": false, "lang": "en", "kind": "word", "text": "the heat\\n\\u001b[2Jof\\u009b2J \\u202esummer"}
            """);
  }

  @Test
  void printsPrecisionRecallAndMistakes() {
    Typed typed = Typed.alone("feeds", "check", definition + "", posts + "", "--mistakes");

    assertThat(typed.code()).isZero();
    assertThat(typed.out())
        .startsWith("heat  ")
        .contains("  all its examples, 1, come out as they must\n")
        .containsPattern("all +3 +2 +1 +1 +0\\.500 +0\\.500\n")
        .containsPattern(
            "by language\n  en +2 +1 +1 +0 +0\\.500 +1\\.000\n  es +1 +1 +0 +1 +- +0\\.000\n")
        .containsPattern(
            "by kind\n  team +2 +2 +0 +1 +1\\.000 +0\\.500\n  word +1 +0 +1 +0 +0\\.000 +-\n")
        .endsWith(
            """
            missed  es  team  posts.jsonl:2  el equipo de miami
            wrong   en  word  posts.jsonl:3  the heat \\u001b[2Jof\\u009b2J \\u202esummer
            """);
  }

  @Test
  void printsNothingOfStrangersThatATerminalWouldObey() throws Exception {
    Files.writeString(
        posts,
        """
        {"match": true, "lang": "e\\u009bn", "kind": "t\\u202eeam", "text": "%s\\u0007"}
        """
            .formatted("x".repeat(50_000)));

    String out = Typed.alone("feeds", "check", definition + "", posts + "", "--mistakes").out();

    assertThat(out).contains("e\\u009bn", "t\\u202eeam").hasSizeLessThan(4_000);
    assertThat(out.replace("\n", "")).doesNotContainPattern("[\\p{gc=Cc}\\p{gc=Cf}]");
  }

  @Test
  void failsBelowWhatIsAsked() {
    Typed typed = Typed.alone("feeds", "check", definition + "", posts + "", "--precision", "0.9");

    assertThat(typed.code()).isEqualTo(70);
    assertThat(typed.out())
        .endsWith(
            "courtside: expected a precision of 0.900 and a recall of 0.000 at least, found 0.500"
                + " and 0.500\n");
    assertThat(
            Typed.alone("feeds", "check", definition + "", posts + "", "--precision", "0.5").code())
        .isZero();
  }

  @Test
  void saysWhatIsNoLabelledPost() throws Exception {
    Path wrong = Files.writeString(directory.resolve("wrong.jsonl"), "{\"text\": \"a\"}\n");

    assertThat(Typed.alone("feeds", "check", definition + "", wrong + ""))
        .isEqualTo(
            new Typed(
                70,
                Typed.alone("feeds", "check", definition + "").out()
                    + "courtside: "
                    + wrong
                    + ":1: expected 'match', which says whether it belongs to the feed, found"
                    + " none\n"));
  }
}
