package courtside.screen;

import java.util.Map;

/**
 * Colours, for the few words at which one should look first. Immutable.
 *
 * @param on whether there are any
 * @see <a href="https://no-color.org/">NO_COLOR</a>
 */
public record Paint(boolean on) {
  private static final String RED = "\u001b[31m";
  private static final String GREEN = "\u001b[32m";
  private static final String PLAIN = "\u001b[0m";

  /** On a terminal alone, and nowhere where the environment has {@code NO_COLOR}. */
  public static Paint ofProcess(Map<String, String> environment) {
    return of(Screen.isTerminal(environment), environment);
  }

  static Paint of(boolean terminal, Map<String, String> environment) {
    return new Paint(terminal && environment.getOrDefault("NO_COLOR", "").isEmpty());
  }

  /** Something is lost, wrong or does not work. */
  public String bad(String text) {
    return on ? RED + text + PLAIN : text;
  }

  /** Something works. */
  public String good(String text) {
    return on ? GREEN + text + PLAIN : text;
  }
}
