package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What shells make of the scripts. */
@Timeout(60)
final class CompletionCommandTest {
  @TempDir Path directory;

  @Test
  void completesInBash() throws Exception {
    Path script = script("bash");
    assertThat(completed(script, "courtside", "fee")).containsExactly("feeds");
    assertThat(completed(script, "courtside", "frames", "")).contains("tail", "show");
    assertThat(completed(script, "courtside", "frames", "show", "--ver")).contains("--verify");
    assertThat(completed(script, "courtside", "completion", "b")).containsExactly("bash");
    // It is found by the command's name, and under a path as well.
    assertThat(run("bash", "-c", "source '" + script + "'; complete -p courtside"))
        .contains("-F _complete_courtside", "courtside");
  }

  @Test
  void completesInZsh() throws Exception {
    assumeThat(isThere("zsh")).as("zsh is not installed, so its script is not tried").isTrue();
    Path script = script("zsh");
    assertThat(run("zsh", "-f", "-c", "source '" + script + "'; print -r -- $_comps[courtside]"))
        .contains("_complete_courtside");
  }

  @Test
  void namesTheShellsThatThereAre() {
    assertThat(Typed.alone("completion", "zsh").out())
        .contains("[ -n \"$ZSH_VERSION\" ]", "autoload -U +X bashcompinit && bashcompinit\n");
    assertThat(Typed.alone("completion", "--help").out()).contains("One of bash, zsh.");
    Typed refused = Typed.alone("completion", "fish");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.out()).contains("bash, zsh", "'fish'");
  }

  private Path script(String shell) throws Exception {
    Typed printed = Typed.alone("completion", shell);
    assertThat(printed.code()).isZero();
    return Files.writeString(directory.resolve(shell), printed.out());
  }

  /** What bash offers where the last of these words is being typed. */
  private static List<String> completed(Path script, String... words) throws Exception {
    String typed = "'" + String.join("' '", words) + "'";
    String asked =
        "source '%s'; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_courtside; printf '%%s\\n' \"${COMPREPLY[@]}\""
            .formatted(script, typed, words.length - 1);
    return run("bash", "--norc", "-c", asked).lines().map(String::strip).toList();
  }

  private static boolean isThere(String program) throws Exception {
    return new ProcessBuilder("sh", "-c", "command -v " + program)
            .redirectErrorStream(true)
            .start()
            .waitFor()
        == 0;
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return out;
  }
}
