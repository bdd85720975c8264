package courtside.processor.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LabelledPostsTest {
  @TempDir Path directory;

  @Test
  void readsWhatAPostHas() throws Exception {
    Path file =
        write(
            "a.jsonl",
            """
            {"match": true, "lang": "en", "kind": "team", "text": "Go #Hawks", "alt": ["A hawk"]}

            {"match": false, "text": "no", "tags": ["x"], "links": ["https://nba.com"], "langs": ["pt-BR", "en"]}
            {"match": false, "text": 42, "langs": "en", "tags": [1, "y"], "more": {"deep": []}}
            """);

    List<LabelledPost> posts = LabelledPosts.read(List.of(file), Labels.OWN);

    assertThat(posts).extracting(LabelledPost::line).containsExactly(1, 3, 4);
    assertThat(posts).extracting(LabelledPost::match).containsExactly(true, false, false);
    assertThat(posts).extracting(LabelledPost::language).containsExactly("en", "pt-BR", "?");
    assertThat(posts).extracting(LabelledPost::kind).containsExactly("team", "?", "?");
    assertThat(posts.getFirst().post().tags()).containsExactly("Hawks");
    assertThat(posts.getFirst().post().altTexts()).containsExactly("A hawk");
    assertThat(posts.getFirst().post().langs()).containsExactly("en");
    assertThat(posts.get(1).post().tags()).containsExactly("x");
    assertThat(posts.get(1).post().links()).containsExactly("https://nba.com");
    // As in the pipeline, what is no text is not there.
    assertThat(posts.get(2).post().text()).isEmpty();
    assertThat(posts.get(2).post().tags()).containsExactly("y");
    assertThat(posts.get(2).post().langs()).isEmpty();
  }

  @Test
  void readsDirectoriesAndPackedFilesByTheirOwnLabels() throws Exception {
    write("b.jsonl", "{\"cat\": \"edge\", \"text\": \"not looked at\"}\n");
    write("notes.txt", "not looked at");
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(directory.resolve("a.jsonl.gz")))) {
      out.write(
          "{\"cat\": \"nba\", \"text\": \"a\"}\n{\"cat\": \"near\", \"text\": \"b\"}"
              .getBytes(StandardCharsets.UTF_8));
    }

    List<LabelledPost> posts =
        LabelledPosts.read(List.of(directory), new Labels("cat", "nba", "cat", Set.of("edge")));

    assertThat(posts).extracting(LabelledPost::kind).containsExactly("nba", "near");
    assertThat(posts).extracting(LabelledPost::match).containsExactly(true, false);
    assertThat(posts).extracting(LabelledPost::file).containsOnly("a.jsonl.gz");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"text\": \"a\"}            | expected 'match', which says whether it belongs",
        "{\"match\": {}, \"text\": \"\"} | expected 'match', which says whether it belongs",
        "{\"match\": \"ture\"}            | expected 'match' to be true or false, found STRING",
        "{\"match\": null}              | expected 'match' to be true or false, found NULL",
        "[]                           | expected a JSON object",
        "{\"match\": true             | expected one JSON object",
      })
  void saysWhichLineIsNoLabelledPost(String line, String message) throws Exception {
    Path file = write("a.jsonl", "{\"match\": true, \"text\": \"a\"}\n" + line + "\n");

    assertThatThrownBy(() -> LabelledPosts.read(List.of(file), Labels.OWN))
        .isInstanceOf(LabelsException.class)
        .hasMessageStartingWith(file + ":2: ")
        .hasMessageContaining(message);
  }

  @Test
  void knowsTrueAndFalseByWhateverKey() throws Exception {
    Path file = write("a.jsonl", "{\"good\": \"ture\", \"text\": \"a\"}\n");

    assertThatThrownBy(
            () -> LabelledPosts.read(List.of(file), new Labels("good", "true", "about", Set.of())))
        .hasMessage(file + ":1: expected 'good' to be true or false, found STRING");
  }

  @Test
  void isBounded() throws Exception {
    Path file = write("a.jsonl", "{\"text\": \"" + "x".repeat(LabelledPosts.MAX_LINE) + "\"}");

    assertThatThrownBy(() -> LabelledPosts.read(List.of(file), Labels.OWN))
        .hasMessage(file + ":1: expected a line of at most 65536 bytes, found more");
  }

  @Test
  void saysWhereThereIsNothingToRead() throws Exception {
    Files.createDirectory(directory.resolve("empty"));

    assertThatThrownBy(() -> LabelledPosts.read(List.of(directory.resolve("empty")), Labels.OWN))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("expected files *.jsonl in ");
    assertThatThrownBy(() -> LabelledPosts.read(List.of(directory.resolve("no")), Labels.OWN))
        .isInstanceOf(IOException.class);
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }
}
