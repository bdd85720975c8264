package courtside.screen;

import java.io.Console;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The terminal: lines that stay, and below them one or some that are rewritten. Where the output is
 * no terminal, the last line is printed now and then instead. Whatever is in the text, only what is
 * written here moves the cursor. Thread-safe.
 */
public final class Screen {
  private static final String ERASE_LINE = "\r\u001b[2K";
  private static final String LINE_ABOVE = "\u001b[1A";
  private static final String ERRORS_ARE_SEEN = "courtside.stderr.terminal";
  private static final int SAY_EVERY = 10;
  private static final int MOST_CHARACTERS = 4_096;

  // All guarded by this.
  private final PrintWriter out;
  private final boolean terminal;
  private final int columns;
  private List<String> status = List.of();
  private int unsaid;

  /**
   * Writes to a stream.
   *
   * @param terminal whether lines can be rewritten
   * @param columns how wide the terminal is; a longer status is cut, since it could not be erased
   */
  public Screen(PrintStream out, boolean terminal, int columns) {
    this(writer(out), terminal, columns);
  }

  /** Writes to a writer; the rest as for a stream. */
  public Screen(PrintWriter out, boolean terminal, int columns) {
    this.out = out;
    this.terminal = terminal;
    this.columns = columns;
  }

  /** The screen of this process, by its environment. */
  public static Screen ofProcess(PrintStream out, Map<String, String> environment) {
    return ofProcess(writer(out), environment);
  }

  /**
   * The same, for what is said beside the output. Java knows of no terminal there: who starts this
   * says so by {@code courtside.stderr.terminal}, {@code true} or {@code false}.
   *
   * @param err a writer that writes to this process's standard error
   */
  public static Screen ofErrors(PrintWriter err, Map<String, String> environment) {
    Optional<String> said = Optional.ofNullable(System.getProperty(ERRORS_ARE_SEEN));
    return new Screen(
        err, seesErrors(said, environment, isTerminal(environment)), columns(environment));
  }

  /**
   * Whether standard error is a terminal that can rewrite lines.
   *
   * @param said what who started this says; empty where nobody did
   * @param output whether the output is one, which counts then
   */
  static boolean seesErrors(
      Optional<String> said, Map<String, String> environment, boolean output) {
    return said.map(seen -> seen.equals("true") && !isDumb(environment)).orElse(output);
  }

  private static boolean isDumb(Map<String, String> environment) {
    return "dumb".equals(environment.getOrDefault("TERM", "dumb"));
  }

  /** The same, by a writer that writes to this process's output. */
  public static Screen ofProcess(PrintWriter out, Map<String, String> environment) {
    return new Screen(out, isTerminal(environment), columns(environment));
  }

  /** Whether this process writes to a terminal that can rewrite lines, by its environment. */
  @SuppressWarnings(
      "SystemConsoleNull") // Still null where the console is unusable, by its contract.
  static boolean isTerminal(Map<String, String> environment) {
    Console console = System.console();
    return console != null && console.isTerminal() && !isDumb(environment);
  }

  private static PrintWriter writer(PrintStream out) {
    return new PrintWriter(new OutputStreamWriter(out, out.charset()), false);
  }

  private static int columns(Map<String, String> environment) {
    try {
      return Math.max(40, Integer.parseInt(environment.getOrDefault("COLUMNS", "100")));
    } catch (NumberFormatException e) {
      return 100;
    }
  }

  /** Whether lines can be rewritten. */
  public boolean isTerminal() {
    return terminal;
  }

  /** Adds a line that stays. */
  public synchronized void line(String text) {
    erase();
    out.println(VisibleText.line(text, MOST_CHARACTERS));
    out.print(String.join(System.lineSeparator(), status));
    out.flush();
  }

  /** Adds a line of a table: a name and what is to be said of it. */
  public void entry(String name, String text) {
    line(String.format("  %-10s %s", name, text));
  }

  /** Rewrites the last line. */
  public synchronized void status(String text) {
    if (terminal) {
      status(List.of(text));
    } else if (unsaid++ % SAY_EVERY == 0) {
      out.println(VisibleText.line(text, MOST_CHARACTERS));
    }
    out.flush();
  }

  /**
   * Rewrites the last lines, as many as there were and there are now.
   *
   * @throws IllegalStateException where lines cannot be rewritten
   */
  public synchronized void status(List<String> lines) {
    if (!terminal) {
      throw new IllegalStateException("no terminal: lines are printed once");
    }
    if (status.isEmpty()) {
      out.print(ERASE_LINE);
    }
    erase();
    status = lines.stream().map(this::fitting).toList();
    out.print(String.join(System.lineSeparator(), status));
    out.flush();
  }

  /** Leaves the cursor where the status began. */
  private void erase() {
    for (int line = 0; line < status.size(); line++) {
      out.print(line == 0 ? ERASE_LINE : LINE_ABOVE + ERASE_LINE);
    }
  }

  private String fitting(String text) {
    return VisibleText.line(text, columns - 1);
  }

  /** Takes the last lines away. */
  public synchronized void clearStatus() {
    erase();
    status = List.of();
    out.flush();
  }

  /** Leaves the last line as it is; what follows begins below it. */
  public synchronized void endStatus() {
    if (!status.isEmpty()) {
      out.println();
      status = List.of();
    }
    out.flush();
  }
}
