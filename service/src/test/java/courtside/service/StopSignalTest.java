package courtside.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a signal does to a process, in real processes. */
@Timeout(60)
final class StopSignalTest {
  @Test
  void aServiceThatIsAskedToStopEndsInOrderWithZero() throws Exception {
    assertThat(signal("running")).isEqualTo(new Ended(List.of("closed"), 0));
  }

  @Test
  void oneThatIsStillStartingEndsToo() throws Exception {
    assertThat(signal("starting")).isEqualTo(new Ended(List.of(), 0));
  }

  @Test
  void oneThatCannotEndInOrderSaysSo() throws Exception {
    assertThat(signal("failing")).isEqualTo(new Ended(List.of("closed"), 70));
  }

  private record Ended(List<String> said, int code) {}

  private static Ended signal(String mode) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile"),
                "-cp",
                System.getProperty("java.class.path"),
                SignalledService.class.getName(),
                mode)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).isEqualTo("ready");
      // Not that of the process itself, which closes its output too.
      process.toHandle().destroy();
      List<String> said = out.lines().filter(line -> line.startsWith("closed")).toList();
      return new Ended(said, process.waitFor());
    } finally {
      process.destroyForcibly();
    }
  }
}
