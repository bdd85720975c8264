package courtside.command;

import picocli.CommandLine.Option;

/** Whether a machine reads what is printed. */
final class JsonOption {
  @Option(names = "--json", description = "Print JSON, and nothing else.")
  private boolean wanted;

  boolean wanted() {
    return wanted;
  }
}
