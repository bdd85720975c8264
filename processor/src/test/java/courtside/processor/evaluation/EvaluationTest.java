package courtside.processor.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import courtside.processor.definition.DefinitionFile;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EvaluationTest {
  @TempDir Path directory;

  @Test
  void countsWhatIsTakenRightlyWronglyAndNotAtAll() throws Exception {
    Evaluation evaluation =
        evaluate(
            "rule: heat\nexclude: wave",
            """
            {"match": true, "lang": "en", "kind": "team", "text": "heat one"}
            {"match": true, "lang": "en", "kind": "team", "text": "the team from miami"}
            {"match": true, "lang": "es", "kind": "team", "text": "heat dos"}
            {"match": false, "lang": "en", "kind": "word", "text": "the heat of summer"}
            {"match": false, "lang": "en", "kind": "word", "text": "a heat wave"}
            """);

    assertThat(evaluation.all()).isEqualTo(new Score(2, 1, 1, 1));
    assertThat(evaluation.all().posts()).isEqualTo(5);
    assertThat(evaluation.all().belonging()).isEqualTo(3);
    assertThat(evaluation.all().precision()).isEqualTo(2.0 / 3, within(1e-9));
    assertThat(evaluation.all().recall()).isEqualTo(2.0 / 3, within(1e-9));
    assertThat(evaluation.byLanguage())
        .containsOnlyKeys("en", "es")
        .containsEntry("en", new Score(1, 1, 1, 1))
        .containsEntry("es", new Score(1, 0, 0, 0));
    assertThat(evaluation.byKind())
        .containsOnlyKeys("team", "word")
        .containsEntry("word", new Score(0, 1, 0, 1));
    assertThat(evaluation.mistakes()).extracting(LabelledPost::line).containsExactly(2, 4);
  }

  @Test
  void nothingTakenIsNothingWrong() throws Exception {
    Evaluation evaluation =
        evaluate("rule: heat", "{\"match\": false, \"text\": \"nothing of it\"}\n");

    assertThat(evaluation.all().precision()).isEqualTo(1);
    assertThat(evaluation.all().recall()).isEqualTo(1);
    assertThat(evaluation.mistakes()).isEmpty();
  }

  @Test
  void judgesLanguagesAsTheFeedDoes() throws Exception {
    Evaluation evaluation =
        evaluate(
            "rule: heat\nlanguages: [es]",
            """
            {"match": true, "lang": "es", "text": "heat"}
            {"match": false, "lang": "en", "text": "heat"}
            """);

    assertThat(evaluation.all()).isEqualTo(new Score(1, 0, 0, 1));
  }

  private Evaluation evaluate(String rule, String posts) throws Exception {
    String yaml = "feed: a\nname: A\nmax-age: 1h\n" + rule + "\n";
    DefinitionFile file =
        DefinitionFile.read(
            "a.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
    Path labelled = Files.writeString(directory.resolve("posts.jsonl"), posts);
    return Evaluation.of(file, LabelledPosts.read(List.of(labelled), Labels.OWN));
  }
}
