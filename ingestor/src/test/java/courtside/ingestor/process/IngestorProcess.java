package courtside.ingestor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.ingestor.Main;
import courtside.testkit.process.ChildJvm;
import courtside.testkit.process.LogEnds;
import courtside.testkit.process.StablePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** An ingestor in a process of its own. Thread-safe. */
public final class IngestorProcess implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int ATTEMPTS = 200;
  private static final Duration ANSWER = Duration.ofSeconds(1);

  private final ChildJvm jvm;
  private final HttpClient http;
  private final HttpRequest health;

  private IngestorProcess(ChildJvm jvm, int healthPort) {
    this.jvm = jvm;
    this.http = HttpClient.newHttpClient();
    this.health =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + "/health/ready"))
            .timeout(ANSWER)
            .build();
  }

  /**
   * Starts one; returns at once.
   *
   * @param directory its own, the same for the same instance
   * @param relays as in the setting
   * @param start where it begins without a cursor, as in the setting
   */
  public static IngestorProcess start(Path directory, String bootstrap, String relays, String start)
      throws IOException {
    return start(Main.class.getName(), List.of(), directory, bootstrap, relays, start);
  }

  /** Starts one by another main class. */
  public static IngestorProcess start(
      String main,
      List<String> options,
      Path directory,
      String bootstrap,
      String relays,
      String start)
      throws IOException {
    return start(main, options, directory, bootstrap, relays, start, Map.of());
  }

  /**
   * Starts one by another main class.
   *
   * @param more settings, which override
   */
  public static IngestorProcess start(
      String main,
      List<String> options,
      Path directory,
      String bootstrap,
      String relays,
      String start,
      Map<String, String> more)
      throws IOException {
    int healthPort = StablePort.find();
    Map<String, String> environment = new HashMap<>();
    environment.put("COURTSIDE_KAFKA", bootstrap);
    environment.put("COURTSIDE_DATA", directory.toString());
    // So much that retention takes nothing.
    environment.put("COURTSIDE_DISK", "20GB");
    environment.put("COURTSIDE_INGESTOR_RELAY", relays);
    environment.put("COURTSIDE_INGESTOR_START", start);
    // Some of the frames are as old as the recording.
    environment.put("COURTSIDE_INGESTOR_LAG_LIMIT", "36500d");
    environment.put("COURTSIDE_INGESTOR_HEALTH_PORT", Integer.toString(healthPort));
    environment.putAll(more);
    List<String> all = new ArrayList<>(List.of("-Xmx128m", "-Dcourtside.log=INFO"));
    all.addAll(options);
    return new IngestorProcess(
        ChildJvm.start(
            main,
            all,
            List.of(),
            environment,
            directory.resolveSibling(directory.getFileName() + ".out")),
        healthPort);
  }

  /** The process. */
  public ChildJvm jvm() {
    return jvm;
  }

  /** How often it began to write, and its predecessors under the same directory. */
  public long activations() throws IOException {
    return jvm.linesWith(" Pump active ");
  }

  /** What it says of itself in one word; empty if it does not answer. */
  public Optional<String> state() throws InterruptedException {
    try {
      HttpResponse<String> answer = http.send(health, HttpResponse.BodyHandlers.ofString());
      return answer.body().lines().findFirst();
    } catch (IOException e) {
      // It starts, or is frozen, or has ended.
      return Optional.empty();
    }
  }

  /** Returns when it says so of itself. */
  public void awaitState(String state) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              assertThat(jvm.isAlive()).as("alive until it is %s", state).isTrue();
              return state();
            },
            found -> found.filter(Predicate.isEqual(state)).isPresent());
  }

  /** Freezes it at a moment at which it has written something and not yet committed that. */
  public void freezeInTransaction(LogEnds ends, RandomGenerator random)
      throws IOException, InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      // Any moment of a transaction or two.
      assertThat(jvm.awaitEnd(Duration.ofMillis(random.nextInt(50)))).as("ended").isFalse();
      jvm.freeze();
      if (ends.somethingIsOpen()) {
        return;
      }
      jvm.thaw();
    }
    throw new AssertionError("expected it in a transaction, not once in " + ATTEMPTS + " moments");
  }

  @Override
  public void close() throws InterruptedException {
    jvm.close();
    http.shutdownNow();
  }
}
