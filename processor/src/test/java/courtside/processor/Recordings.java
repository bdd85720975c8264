package courtside.processor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.testkit.recording.Recording;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/** What a real server sent, and what its own implementation made of it. */
public final class Recordings {
  private static final Path DIRECTORY =
      Path.of(System.getProperty("courtside.root", "..")).resolve("../shared/recordings");
  private static final ObjectMapper JSON = new ObjectMapper();

  private Recordings() {}

  /** Skips the test where they are absent. */
  public static void assumeHere() {
    String why = "needs ../shared/recordings, which is not here";
    if (!Files.isDirectory(DIRECTORY)) {
      // The build's own lines count what was skipped and do not say why.
      System.out.println("skipped: " + why);
    }
    Assumptions.assumeTrue(Files.isDirectory(DIRECTORY), why);
  }

  /** What it sent. */
  public static Recording frames() throws IOException {
    return Recording.open(DIRECTORY.resolve("pds.frames.gz"));
  }

  static List<JsonNode> decoded() throws IOException {
    return lines("pds.decoded.jsonl.gz");
  }

  static List<JsonNode> expected() throws IOException {
    return lines("pds.expected.jsonl.gz");
  }

  private static List<JsonNode> lines(String name) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(DIRECTORY.resolve(name))),
                StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(JSON.readTree(line));
      }
    }
    return lines;
  }
}
