package courtside.command;

import java.nio.file.Path;

/** Where this installation is; the script that starts it says so. */
final class Installation {
  private Installation() {}

  /** The feeds that ship with it. */
  static Path feeds() {
    return Path.of(System.getProperty("courtside.home", ".")).resolve("feeds");
  }
}
