package courtside.stack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs the programs of this machine, each to its end.
 *
 * @param environment added to this process's own
 */
record Shell(Path directory, Map<String, String> environment) {
  private static final Duration LIMIT = Duration.ofMinutes(20);

  /** What a program said, both ways, and how it ended. */
  record Said(int code, String text) {}

  /** What it says; it has to end well. */
  String run(List<String> command) throws IOException, InterruptedException {
    Said said = attempt(command);
    if (said.code() != 0) {
      throw new AssertionError(
          "expected 0 of "
              + String.join(" ", command)
              + ", found "
              + said.code()
              + ":\n"
              + said.text());
    }
    return said.text();
  }

  /** What it says, however it ends. */
  Said attempt(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(String.join(" ", command) + " did not end within " + LIMIT);
    }
    return new Said(process.exitValue(), text.strip());
  }
}
