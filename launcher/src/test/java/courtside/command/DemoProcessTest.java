package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.demo.DemoRelay;
import courtside.testkit.accounts.Identities;
import courtside.testkit.network.Evening;
import courtside.testkit.oracle.CommittedRecords;
import courtside.testkit.oracle.LoggedFrames;
import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.recording.Recording;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code courtside demo} as a process, read as a person reads it. */
@Timeout(300)
final class DemoProcessTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int TERMINATED = 143;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern RELAY = Pattern.compile("  relay +ws://127.0.0.1:[0-9]+, (.*)");
  private static final Pattern BROKER = Pattern.compile("  broker +Kafka on ([^,]+), up in .*");
  private static final Pattern PAGE = Pattern.compile("  page +(http.*)");
  private static final Pattern FEED = Pattern.compile("  feed +(http.*)");

  @TempDir Path directory;

  @Test
  void playsTheRecordingOnceThoughItIsStoppedAndStartedAgain() throws Exception {
    List<RecordedFrame> recording = Recording.bundled().frames();
    try (HttpClient http = HttpClient.newHttpClient()) {
      try (Demo first = Demo.start(directory, "--network=0")) {
        assertThat(first.find(RELAY))
            .isEqualTo("plays " + recording.size() + " recorded frames once");
        String broker = first.find(BROKER);
        HttpResponse<String> page = get(http, first.find(PAGE));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<title>Courtside</title>");
        String feed = first.find(FEED);
        await().atMost(LIMIT).until(() -> !posts(get(http, feed)).isEmpty());
        awaitAll(broker, recording);
        assertThat(first.stop()).endsWith("Stopped. Start it again and it goes on from here.");
        // What is logged would tear the screen apart: it goes to its file.
        assertThat(first.said()).noneMatch(line -> line.matches(".*(INFO|WARN|ERROR).*"));
        assertThat(directory.resolve("demo").resolve("courtside.log"))
            .content()
            .contains("broker up");
      }
      try (Demo second = Demo.start(directory, "--network=0")) {
        assertThat(second.find(RELAY))
            .isEqualTo("has played its " + recording.size() + " recorded frames");
        String broker = second.find(BROKER);
        // What is on disk is served at once, before anything is read from the log.
        assertThat(posts(get(http, second.find(FEED)))).isNotEmpty();
        awaitAll(broker, recording);
        second.stop();
      }
    }
  }

  @Test
  void goesOnWithASimulatedNetworkAfterTheRecording() throws Exception {
    int recorded = Recording.bundled().frames().size();
    try (HttpClient http = HttpClient.newHttpClient();
        Demo demo = Demo.start(directory, "--network=30")) {
      assertThat(demo.find(RELAY))
          .isEqualTo(
              "plays " + recorded + " recorded frames once, then goes on with a simulated network");
      String feed = demo.find(FEED);
      Set<String> simulated = simulatedAuthors();
      List<String> before = new ArrayList<>();
      await()
          .atMost(LIMIT)
          .until(() -> {
            before.clear();
            posts(get(http, feed)).stream()
                .filter(post -> simulated.contains(author(post)))
                .forEach(before::add);
            return !before.isEmpty();
          });
      // And on: something newer stands before what was the newest.
      await()
          .atMost(LIMIT)
          .until(() -> {
            String newest = posts(get(http, feed)).getFirst();
            return simulated.contains(author(newest)) && !before.contains(newest);
          });
      demo.stop();
    }
  }

  private static Set<String> simulatedAuthors() {
    Identities identities = new Identities(DemoRelay.SEED, 1);
    int voices = new Evening(new Random(1)).voices().size();
    return IntStream.range(0, voices)
        .mapToObj(voice -> identities.did(voice).value())
        .collect(Collectors.toSet());
  }

  private static String author(String post) {
    return post.split("/", -1)[2];
  }

  @Test
  void startsNothingWhereSettingsAreWrong() throws Exception {
    ProcessBuilder builder = Demo.command(directory);
    builder.environment().put("COURTSIDE_LOGG", "info");
    builder.environment().put("COURTSIDE_KAFKA", "elsewhere:9092");
    builder.environment().put("COURTSIDE_KAFKA_PROPERTIES", "kafka.properties");
    Process process = builder.redirectErrorStream(true).start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.lines())
          .containsExactly(
              "courtside: COURTSIDE_KAFKA must not be set, as this runs a broker of its own",
              "courtside: COURTSIDE_KAFKA_PROPERTIES must not be set, as this runs a broker of its"
                  + " own",
              "courtside: COURTSIDE_LOGG is not a setting of this service");
      assertThat(process.waitFor()).isEqualTo(78);
    } finally {
      process.destroyForcibly();
    }
    assertThat(directory.resolve("demo").toFile().list()).containsExactly("courtside.log");
  }

  @Test
  void endsInOrderWhereItIsStoppedWhileItStarts() throws Exception {
    try (Demo demo = Demo.start(directory)) {
      demo.find(Pattern.compile("  (relay) .*"));
      assertThat(demo.stop()).contains("Stopping…");
    }
    // Nothing was left in a state that a next start could not take up.
    try (Demo again = Demo.start(directory)) {
      again.find(PAGE);
      again.stop();
    }
  }

  private static void awaitAll(String broker, List<RecordedFrame> recording) {
    try (CommittedRecords log = new CommittedRecords(broker)) {
      await().atMost(LIMIT).until(() -> LoggedFrames.compare(log, recording).lost().isEmpty());
      assertThat(LoggedFrames.compare(log, recording))
          .isEqualTo(new LoggedFrames(List.of(), List.of(), List.of(), List.of()));
    }
  }

  private static HttpResponse<String> get(HttpClient http, String address) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static List<String> posts(HttpResponse<String> answer) throws IOException {
    JsonNode feed = JSON.readTree(answer.body()).path("feed");
    return feed.findValuesAsText("post");
  }

  /** One run. */
  private record Demo(Process process, BufferedReader out, List<String> said)
      implements AutoCloseable {
    static ProcessBuilder command(Path directory, String... options) {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "--enable-native-access=ALL-UNNAMED",
              "--sun-misc-unsafe-memory-access=allow",
              "-Xmx768m",
              "-Dcourtside.home=" + System.getProperty("courtside.root"),
              "-cp",
              System.getProperty("java.class.path"),
              Courtside.class.getName(),
              "demo",
              "--pace=max",
              "--port=0",
              "--data=" + directory.resolve("demo"));
      builder.command().addAll(List.of(options));
      Map<String, String> environment = builder.environment();
      environment.keySet().removeIf(name -> name.startsWith("COURTSIDE_"));
      return builder;
    }

    static Demo start(Path directory, String... options) throws IOException {
      Process process =
          command(directory, options).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      return new Demo(process, process.inputReader(), new ArrayList<>());
    }

    /** The part of the first line that is of this form, waiting for it. */
    String find(Pattern form) throws IOException {
      for (String line : said) {
        Matcher matcher = form.matcher(line);
        if (matcher.matches()) {
          return matcher.group(1);
        }
      }
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        said.add(line);
        Matcher matcher = form.matcher(line);
        if (matcher.matches()) {
          return matcher.group(1);
        }
      }
      throw new AssertionError("no line of the form " + form + " in " + said);
    }

    /** Asks it to stop, and returns what it says to the end. */
    List<String> stop() throws Exception {
      // Not that of the process itself, which closes its output too.
      process.toHandle().destroy();
      List<String> rest = out.lines().toList();
      assertThat(process.waitFor()).isEqualTo(TERMINATED);
      return rest;
    }

    @Override
    public void close() throws IOException {
      process.destroyForcibly();
      out.close();
    }
  }
}
