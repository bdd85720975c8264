package courtside.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.testkit.process.AotCache;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
    String classPath = AotCache.jars(directory);
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
}
