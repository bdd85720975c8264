package courtside.command;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The app password of the account that owns a feed: from the environment, or asked for. It is never
 * an argument, which others on the machine could read, and never stored.
 */
final class AppPassword {
  static final String VARIABLE = "ATPROTO_APP_PASSWORD";

  private AppPassword() {}

  /**
   * Reads it: of the environment, else of the terminal without showing it, else the first line of
   * what is piped in.
   *
   * @throws RefusedException if there is none
   */
  @SuppressWarnings("SystemConsoleNull") // It is null where the JVM's own console is chosen.
  static char[] read(String identifier) throws IOException, RefusedException {
    String known = System.getenv(VARIABLE);
    if (known != null && !known.isEmpty()) {
      return known.toCharArray();
    }
    @Nullable Console console = System.console();
    char[] typed =
        console != null && console.isTerminal()
            ? console.readPassword("App password of %s: ", identifier)
            : firstLine();
    if (typed == null || typed.length == 0) {
      throw new RefusedException(
          "expected an app password in " + VARIABLE + ", typed, or piped in; found none");
    }
    return typed;
  }

  private static char[] firstLine() throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    return line == null ? new char[0] : line.strip().toCharArray();
  }
}
