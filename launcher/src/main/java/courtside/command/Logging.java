package courtside.command;

import courtside.service.ServiceProcess;
import java.nio.file.Path;

/**
 * Where the log goes: called first, as whatever is loaded may log. The services' lines would tear
 * the screen apart, so in one process they go to a file.
 */
final class Logging {
  private static final String CONFIGURATION = "logback.configurationFile";

  private Logging() {}

  /** To {@code courtside.log} in the directory; returns that file. */
  static Path toFile(Path directory) {
    Path file = directory.resolve("courtside.log");
    System.setProperty("courtside.log.file", file.toString());
    choose("courtside-logback.xml");
    return file;
  }

  /** Nowhere, but for errors. */
  static void quiet() {
    choose("courtside-quiet-logback.xml");
  }

  private static void choose(String resource) {
    if (System.getProperty(CONFIGURATION) == null) {
      System.setProperty(CONFIGURATION, resource);
    }
    ServiceProcess.uniteLogging();
  }
}
