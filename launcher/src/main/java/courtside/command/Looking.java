package courtside.command;

import courtside.screen.Screen;
import java.io.PrintWriter;
import java.util.Map;

/**
 * How far a command has looked back, on a terminal and beside what it prints; elsewhere nothing is
 * said.
 */
final class Looking implements AutoCloseable {
  private final Screen screen;

  private Looking(Screen screen) {
    this.screen = screen;
  }

  /**
   * Says nothing yet.
   *
   * @param err where it is said, so that what is printed can be read by a machine
   */
  static Looking on(PrintWriter err, Map<String, String> environment) {
    return new Looking(Screen.ofErrors(err, environment));
  }

  void at(int percent) {
    if (screen.isTerminal()) {
      screen.status("looking back … " + percent + " %");
    }
  }

  @Override
  public void close() {
    screen.clearStatus();
  }
}
