package courtside.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Commands of the stack know what its services know. */
final class CommandEnvironmentTest {
  private static final Path ROOT = Path.of(System.getProperty("courtside.root"));

  /** As a text of its own: it is read, or passed to who reads it. */
  private static final Pattern VARIABLE = Pattern.compile("\"(COURTSIDE_[A-Z_]+)\"");

  /** They run services of their own, with whatever is set. */
  private static final Set<String> WHOLE = Set.of("UpCommand.java", "DemoCommand.java");

  /** Paths: the image says where data are, and who gives it a file says where that is. */
  private static final Set<String> PATHS = Set.of("COURTSIDE_DATA", "COURTSIDE_KAFKA_PROPERTIES");

  @Test
  void everyVariableThatCommandsReadIsGivenToThem() throws IOException {
    Set<String> read = read();
    assertThat(read)
        .as("read by commands")
        .contains("COURTSIDE_KAFKA", "COURTSIDE_FEED_API_PUBLISHER", "COURTSIDE_INGESTOR_RELAY");
    read.removeAll(PATHS);
    assertThat(environment("courtside").keySet()).containsAll(read);
  }

  @Test
  void whatServicesAreGivenTooIsTheSame() throws IOException {
    Map<String, String> given = environment("courtside");
    // Without a name the doctor asks nobody outside, while the feed API has to have one.
    given.remove("COURTSIDE_FEED_API_HOSTNAME");
    Map<String, String> services = new TreeMap<>();
    for (String service : List.of("ingestor", "processor", "feed-api")) {
      services.putAll(environment(service));
    }
    assertThat(services).containsAllEntriesOf(given);
  }

  private static Set<String> read() throws IOException {
    Set<String> read = new TreeSet<>();
    try (Stream<Path> sources =
        Files.list(ROOT.resolve("launcher/src/main/java/courtside/command"))) {
      for (Path source : sources.toList()) {
        Matcher variable = VARIABLE.matcher(Files.readString(source));
        while (!WHOLE.contains(source.getFileName().toString()) && variable.find()) {
          read.add(variable.group(1));
        }
      }
    }
    return read;
  }

  /** With what it has from anchors; no value where it is passed on as it is. */
  private static Map<String, String> environment(String service) throws IOException {
    Map<?, ?> file =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(Files.readString(ROOT.resolve("docker-compose.yml")));
    Map<?, ?> services = map(file, "services");
    Map<String, String> environment = new TreeMap<>();
    map(map(services, service), "environment")
        .forEach((name, value) ->
            environment.put(String.valueOf(name), value == null ? "" : String.valueOf(value)));
    return environment;
  }

  private static Map<?, ?> map(Map<?, ?> in, String name) {
    return (Map<?, ?>) Objects.requireNonNull(in.get(name), name);
  }
}
