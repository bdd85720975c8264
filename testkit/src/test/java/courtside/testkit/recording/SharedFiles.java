package courtside.testkit.recording;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** What stands beside the project and is not part of it. */
final class SharedFiles {
  private SharedFiles() {}

  /** The file under {@code ../shared/recordings}; skips the test where it is not there. */
  static Path recording(String name) {
    Path file = Path.of(System.getProperty("courtside.root", "."), "../shared/recordings", name);
    assumeTrue(Files.exists(file), "needs ../shared/recordings, which is not here");
    return file;
  }
}
