package courtside.testkit.recording;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** What stands beside the project and is not part of it. */
public final class SharedFiles {
  private SharedFiles() {}

  /** The file under {@code ../shared/recordings}; skips the test where it is not there. */
  public static Path recording(String name) {
    Path file = Path.of(System.getProperty("courtside.root", "."), "../shared/recordings", name);
    String why = "needs ../shared/recordings/" + name + ", which is not here";
    if (!Files.exists(file)) {
      // The build's own lines count what was skipped and do not say why.
      System.out.println("skipped: " + why);
    }
    assumeTrue(Files.exists(file), why);
    return file;
  }
}
