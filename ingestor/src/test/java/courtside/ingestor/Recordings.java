package courtside.ingestor;

import courtside.testkit.recording.Recording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The recording to test with: the whole one where it is beside the project, else the bundled part.
 */
final class Recordings {
  private Recordings() {}

  static Recording longest() throws IOException {
    Path whole =
        Path.of(
            System.getProperty("courtside.root"), "..", "shared", "recordings", "pds.frames.gz");
    return Files.exists(whole) ? Recording.open(whole) : Recording.bundled();
  }
}
