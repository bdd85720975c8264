package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.doctor.Installation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is printed of findings, where all is well and where there is nothing at all. */
@Timeout(60)
final class DoctorCommandTest {
  @TempDir Path directory;

  private static Typed doctor(String... more) {
    // Neither is there.
    List<String> all = new ArrayList<>(List.of("doctor", "--kafka", "nowhere.invalid:9092"));
    all.addAll(List.of(more));
    if (!all.contains("--relay")) {
      all.addAll(List.of("--relay", "one=ws://127.0.0.1:1"));
    }
    return Typed.alone(all.toArray(String[]::new));
  }

  @Test
  void saysInLinesWhatIsWrongAndWhatToDo() {
    Typed typed = doctor("--data", "/nowhere/at/all");
    assertThat(typed.code()).isEqualTo(70);
    assertThat(typed.out())
        .containsPattern(
            "(?m)^wrong +kafka +expected Kafka at nowhere.invalid:9092, found .*To do: start it")
        .containsPattern("(?m)^wrong +relay one +expected an upgrade")
        .containsPattern("(?m)^not looked at +topics +because Kafka does not answer$")
        .containsPattern("(?m)^not looked at +host +because no --host was given")
        .contains("not well: 0 ok, 2 wrong, ");
  }

  @Test
  void saysTheSameAsOneDocument() throws Exception {
    Typed typed = doctor("--data", "/nowhere/at/all", "--json");
    assertThat(typed.code()).isEqualTo(70);
    JsonNode document = new ObjectMapper().readTree(typed.out());
    assertThat(document.path("well").isBoolean()).isTrue();
    assertThat(document.path("well").asBoolean()).isFalse();
    JsonNode first = document.path("findings").path(0);
    assertThat(first.path("name").asText()).isEqualTo("kafka");
    assertThat(first.path("state").asText()).isEqualTo("wrong");
    assertThat(first.path("said").asText()).contains("nowhere.invalid:9092");
    assertThat(first.path("todo").asText()).contains("start it");
    assertThat(document.path("findings").findValuesAsText("state"))
        .containsOnly("wrong", "not looked at");
  }

  @Test
  void endsWellWhereAllIs() throws Exception {
    try (Installation here = new Installation(directory)) {
      here.names("Cou\u202erts");
      List<String> named = new ArrayList<>(List.of("doctor", "--json"));
      named.addAll(here.options());
      Typed otherName = Typed.alone(named.toArray(String[]::new));
      assertThat(otherName.out()).doesNotContain("\u202e").contains("found 'Cou\\u202erts'");
      assertThat(new ObjectMapper().readTree(otherName.out()).toString()).contains("Cou\u202erts");
      here.names("Courts");

      List<String> words = new ArrayList<>(List.of("doctor"));
      words.addAll(here.options());
      Typed typed = Typed.alone(words.toArray(String[]::new));
      assertThat(typed.out())
          .containsPattern("(?m)^ok +pages courts +3 pages, 70 posts, none twice")
          .endsWith("well, as far as was looked: 21 ok, 0 wrong, 1 not looked at\n");
      assertThat(typed.code()).isZero();

      words.set(words.indexOf("--host") + 1, " Feeds.Example.com");
      words.addAll(List.of("--feed", "courts", "--json"));
      Typed document = Typed.alone(words.toArray(String[]::new));
      assertThat(new ObjectMapper().readTree(document.out()).path("well").asBoolean()).isTrue();
      assertThat(document.code()).isZero();

      StringWriter said = new StringWriter();
      CommandLine setElsewhere =
          new CommandLine(
              new DoctorCommand(Map.of("COURTSIDE_INGESTOR_RELAY", "other=ws://127.0.0.1:1")));
      setElsewhere.setOut(new PrintWriter(said, true));
      List<String> untold = new ArrayList<>(here.options());
      untold.subList(untold.indexOf("--relay"), untold.indexOf("--relay") + 2).clear();
      assertThat(setElsewhere.execute(untold.toArray(String[]::new))).as(said.toString()).isZero();
      assertThat(said.toString())
          .containsPattern("not looked at +relay other +because the pipeline reads 'one', ");
      untold.addAll(List.of("--relay", "other=ws://127.0.0.1:1"));
      assertThat(setElsewhere.execute(untold.toArray(String[]::new))).isEqualTo(70);

      words.addAll(List.of("--slow", "0"));
      assertThat(Typed.alone(words.toArray(String[]::new)).code()).isEqualTo(70);
    }
  }

  @Test
  void whatStrangersSaidActsOnNoTerminal() throws Exception {
    String hidden = "one\u202e\u2028\u0007\u009b31m";
    String[] relay = {"--relay", hidden + "=ws://127.0.0.1:1"};
    Typed lines = doctor(relay);
    assertThat(lines.out())
        .contains("relay one\\u202e\\u2028\\u0007\\u009b31m")
        .doesNotContainPattern("[\u202e\u2028\u0007\u009b]");

    Typed document = doctor("--json", relay[0], relay[1]);
    assertThat(document.out()).doesNotContainPattern("[\u202e\u2028\u0007\u009b]");
    assertThat(
            new ObjectMapper().readTree(document.out()).path("findings").findValuesAsText("name"))
        .as("the same to whoever reads it")
        .contains("relay " + hidden);
  }

  @Test
  void refusesASettingThatIsNoAddress() {
    StringWriter said = new StringWriter();
    CommandLine command =
        new CommandLine(
            new DoctorCommand(Map.of("COURTSIDE_FEED_API_PLC_DIRECTORY", "plc directory")));
    command.setErr(new PrintWriter(said, true));
    assertThat(command.execute()).as(said.toString()).isEqualTo(2);
    assertThat(said.toString())
        .startsWith(
            "--plc-directory must be an address such as https://plc.directory, but is 'plc directory'");
  }

  @Test
  void refusesWhatIsNoneOfIt() {
    assertThat(
            Stream.of(
                    List.of("--feed", "a feed"),
                    List.of("--publisher", "somebody"),
                    List.of("--host", "no host"),
                    List.of("--plc-directory", "nowhere"),
                    List.of("--relay", "https://one.example.com"),
                    List.of("--lag-limit", "long"),
                    List.of("--disk", "all"))
                .map(words -> doctor(words.toArray(String[]::new)))
                .toList())
        .allSatisfy(typed -> assertThat(typed.code()).as(typed.out()).isEqualTo(2));
  }
}
