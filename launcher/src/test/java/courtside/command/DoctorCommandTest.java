package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is printed of findings, where there is nothing to be found. */
@Timeout(60)
final class DoctorCommandTest {
  private static Typed doctor(String... more) {
    // Nobody listens there.
    List<String> all =
        new ArrayList<>(
            List.of("doctor", "--kafka", "127.0.0.1:1", "--relay", "one=ws://127.0.0.1:1"));
    all.addAll(List.of(more));
    return Typed.alone(all.toArray(String[]::new));
  }

  @Test
  void saysInLinesWhatIsWrongAndWhatToDo() {
    Typed typed = doctor("--data", "/nowhere/at/all");
    assertThat(typed.code()).isEqualTo(70);
    assertThat(typed.out())
        .containsPattern("(?m)^wrong +kafka +expected Kafka at 127.0.0.1:1, found .*To do: start it")
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
    assertThat(first.path("said").asText()).contains("127.0.0.1:1");
    assertThat(first.path("todo").asText()).contains("start it");
    assertThat(document.path("findings").findValuesAsText("state"))
        .containsOnly("wrong", "not looked at");
  }

  @Test
  void refusesWhatIsNoneOfIt() {
    assertThat(
            Stream.of(
                    List.of("--feed", "a feed"),
                    List.of("--publisher", "somebody"),
                    List.of("--host", "no host"),
                    List.of("--relay", "https://one.example.com"),
                    List.of("--disk", "all"))
                .map(words -> doctor(words.toArray(String[]::new)))
                .toList())
        .allSatisfy(typed -> assertThat(typed.code()).as(typed.out()).isEqualTo(2));
  }
}
