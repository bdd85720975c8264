package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CourtsideTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path directory;

  private int execute(String... arguments) {
    CommandLine command = Courtside.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }

  @Test
  void saysWhatThereIs() {
    assertThat(execute("--help")).isZero();
    assertThat(out.toString()).contains("demo", "up", "feeds", "Exit codes");
  }

  @Test
  void saysOfEveryCommandAndOptionWhatItDoes() {
    List<String> said = new ArrayList<>();
    sayAll(Courtside.commandLine(), said);
    assertThat(said).hasSizeGreaterThan(30);
  }

  private static void sayAll(CommandLine command, List<String> said) {
    String help = command.getUsageMessage();
    said.add(help);
    assertThat(command.getCommandSpec().usageMessage().description())
        .as(help)
        .allSatisfy(text -> assertThat(text).isNotBlank())
        .isNotEmpty();
    assertThat(help).startsWith("Usage: courtside").doesNotContain("${", "null");
    assertThat(command.getCommandSpec().args())
        .as(help)
        .allSatisfy(argument -> assertThat(argument.description()).isNotEmpty());
    command.getSubcommands().values().stream().distinct().forEach(one -> sayAll(one, said));
  }

  @Test
  void asksForACommandWhereThereIsNone() {
    assertThat(execute()).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("Which command?");
  }

  @Test
  void saysWhatAPaceMayBe() {
    assertThat(execute("demo", "--pace", "fast")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString())
        .contains("expected recorded, max, or frames a second such as 200, found 'fast'");
  }

  @Test
  void saysWhatAnAddressOfKafkaIs() throws Exception {
    Path file = directory.resolve("all.yaml");
    Files.writeString(file, "feed: all\nname: All\nrule: '*:*'\n");
    assertThat(execute("feeds", "apply", "--kafka", "nowhere", file.toString()))
        .isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(out.toString()).contains("all: matches are looked for in every post");
    assertThat(err.toString())
        .contains("--kafka must be host:port, or several separated by commas, but is 'nowhere'");
  }

  @Test
  void saysWhichFileIsNotThere() {
    String file = directory.resolve("none.yaml").toString();
    assertThat(execute("feeds", "apply", file)).isEqualTo(70);
    assertThat(err.toString()).contains("there is no " + file);
  }

  @Test
  void saysWhereADefinitionIsWrongWithoutAStackTrace() throws Exception {
    Path file = directory.resolve("wrong.yaml");
    Files.writeString(file, "feed: wrong\nname: Wrong\nrule: '(nba'\n");
    assertThat(execute("feeds", "apply", file.toString())).isEqualTo(70);
    assertThat(err.toString()).contains("wrong.yaml:3").doesNotContain("\tat ");
  }
}
