package courtside.processor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.processor.Main;
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
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * A processor in a process of its own. Several may share a directory, as replicas share a volume:
 * each takes the first free slot of it. Thread-safe.
 */
public final class ProcessorProcess implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final int ATTEMPTS = 200;
  private static final Duration ANSWER = Duration.ofSeconds(1);

  private final ChildJvm jvm;
  private final HttpClient http;
  private final URI address;

  private ProcessorProcess(ChildJvm jvm, int healthPort) {
    this.jvm = jvm;
    this.http = HttpClient.newHttpClient();
    this.address = URI.create("http://127.0.0.1:" + healthPort);
  }

  /**
   * Starts one; returns at once.
   *
   * @param data where slots are, one processor's or several processors'
   * @param output where it writes to, appending
   * @param settings which override those that all of them have
   */
  public static ProcessorProcess start(
      Path data, Path output, String bootstrap, Map<String, String> settings) throws IOException {
    return start(Main.class.getName(), List.of(), data, output, bootstrap, settings);
  }

  /**
   * Starts one by another main class.
   *
   * @param options of the JVM, which override
   */
  public static ProcessorProcess start(
      String main,
      List<String> options,
      Path data,
      Path output,
      String bootstrap,
      Map<String, String> settings)
      throws IOException {
    int healthPort = StablePort.find();
    Map<String, String> environment = new HashMap<>();
    environment.put("COURTSIDE_KAFKA", bootstrap);
    environment.put("COURTSIDE_DATA", data.toString());
    // So much that retention takes nothing.
    environment.put("COURTSIDE_DISK", "20GB");
    environment.put("COURTSIDE_PROCESSOR_FEEDS", "none");
    environment.put("COURTSIDE_PROCESSOR_STORE_MEMORY", "32MB");
    environment.put("COURTSIDE_PROCESSOR_HEALTH_PORT", Integer.toString(healthPort));
    environment.putAll(settings);
    List<String> all = new ArrayList<>(List.of("-Xmx256m", "-Dcourtside.log=INFO"));
    all.addAll(options);
    return new ProcessorProcess(
        ChildJvm.start(main, all, List.of(), environment, output), healthPort);
  }

  /** The process. */
  public ChildJvm jvm() {
    return jvm;
  }

  /** What it says of itself in one word; empty if it does not answer. */
  public Optional<String> state() throws InterruptedException {
    return get("/health/ready").flatMap(body -> body.lines().findFirst());
  }

  /** Returns when it says so of itself. */
  public void awaitState(String state) {
    await()
        .atMost(LIMIT)
        .pollInterval(LOOK)
        .until(
            () -> {
              assertThat(jvm.isAlive()).as("alive until it is %s", state).isTrue();
              return state();
            },
            found -> found.filter(Predicate.isEqual(state)).isPresent());
  }

  /** One of its metrics, the first of that name and with these labels; empty without an answer. */
  public OptionalDouble metric(String start) throws InterruptedException {
    return get("/metrics").stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith(start))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst();
  }

  private Optional<String> get(String path) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(address.resolve(path)).timeout(ANSWER).build();
    try {
      return Optional.of(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      // It starts, or is frozen, or has ended.
      return Optional.empty();
    }
  }

  /** Freezes it at a moment at which something is written and not yet committed. */
  public void freezeInTransaction(LogEnds ends, RandomGenerator random)
      throws IOException, InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      // Any moment of a transaction or two.
      assertThat(jvm.awaitEnd(Duration.ofMillis(random.nextInt(100)))).as("ended").isFalse();
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
