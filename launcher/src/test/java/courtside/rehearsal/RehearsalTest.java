package courtside.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every service leaves a cache, by which it starts. */
final class RehearsalTest {
  private static final Map<String, String> MAINS =
      Map.of(
          "ingestor", "courtside.ingestor.Main",
          "processor", "courtside.processor.Main",
          "feed-api", "courtside.feedapi.Main");

  @TempDir Path directory;

  @Test
  void everyServiceLeavesACacheByWhichItStarts() throws Exception {
    String classPath = jars();
    for (Map.Entry<String, String> main : MAINS.entrySet()) {
      Path service = Files.createDirectories(directory.resolve(main.getKey()));
      Files.write(
          service.resolve("java.args"),
          List.of(
              "--enable-native-access=ALL-UNNAMED",
              "--sun-misc-unsafe-memory-access=allow",
              "-Xmx256m",
              "-cp",
              classPath,
              main.getValue()));
    }

    RehearsalMain.hold(directory, Path.of("../feeds"));

    for (String service : MAINS.keySet()) {
      // Not started at all where it cannot use the cache; and wrongly set, it says so by 2.
      Process started =
          started(service, "-XX:AOTMode=on", Map.of("COURTSIDE_KAFKA", "not an address"));
      String said = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(started.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(said).contains("COURTSIDE_KAFKA").doesNotContain("AOT");
    }
  }

  private Process started(String service, String option, Map<String, String> settings)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:AOTCache=" + directory.resolve(service).resolve("service.aot"),
                option,
                "@" + directory.resolve(service).resolve("java.args"))
            .redirectErrorStream(true);
    builder.environment().putAll(settings);
    return builder.start();
  }

  @Test
  void saysWhatItMisses() {
    assertThatThrownBy(() -> RehearsalMain.hold(directory, Path.of("../feeds")))
        .isInstanceOf(RehearsalException.class)
        .hasMessageContaining("arguments of the JVM of ingestor")
        .hasMessageContaining("java.args");
  }

  /** The class path of this JVM, what is a directory in it packed: a cache knows jars only. */
  private String jars() throws IOException {
    List<String> jars = new ArrayList<>();
    for (String entry :
        Pattern.compile(File.pathSeparator, Pattern.LITERAL)
            .splitAsStream(System.getProperty("java.class.path"))
            .toList()) {
      if (Files.isDirectory(Path.of(entry))) {
        Path jar = directory.resolve(jars.size() + ".jar");
        pack(Path.of(entry), jar);
        jars.add(jar.toString());
      } else {
        jars.add(entry);
      }
    }
    return String.join(File.pathSeparator, jars);
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar));
        Stream<Path> found = Files.walk(classes)) {
      for (Path file : found.filter(Files::isRegularFile).sorted().toList()) {
        zip.putNextEntry(
            new ZipEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
  }
}
