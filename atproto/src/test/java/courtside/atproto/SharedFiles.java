package courtside.atproto;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** What stands beside the project and is not part of it; tests that need it are skipped without. */
public final class SharedFiles {
  private SharedFiles() {}

  /** The file, or directory, under {@code ../shared}. */
  public static Path find(String name) {
    Path file = Path.of(System.getProperty("courtside.root", "."), "../shared", name);
    String why = "needs ../shared/" + name + ", which is not here";
    if (!Files.exists(file)) {
      // The build's own lines count what was skipped and do not say why.
      System.out.println("skipped: " + why);
    }
    assumeTrue(Files.exists(file), why);
    return file;
  }

  /** The bytes of a file, unpacked where it is gzip. */
  public static byte[] bytes(String name) throws IOException {
    Path file = find(name);
    if (!name.endsWith(".gz")) {
      return Files.readAllBytes(file);
    }
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
      return in.readAllBytes();
    }
  }

  /** The lines of a gzip file. */
  public static List<String> gzipLines(String name) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(find(name))), StandardCharsets.UTF_8))) {
      return lines.lines().toList();
    }
  }

  /** The cases of a syntax list: neither comments nor empty lines; spaces count. */
  public static List<String> cases(String list) throws IOException {
    return lines("vectors/atproto-interop-tests/syntax/" + list);
  }

  /** The cases of the edition of a syntax list that the reference implementation keeps. */
  public static List<String> referenceCases(String list) throws IOException {
    return lines("vectors/atproto/interop-test-files/syntax/" + list);
  }

  private static List<String> lines(String name) throws IOException {
    return Files.readString(find(name))
        .lines()
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }
}
