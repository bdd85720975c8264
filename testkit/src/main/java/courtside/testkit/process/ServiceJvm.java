package courtside.testkit.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A service in a process of its own, which says of itself how it is. Thread-safe. */
public class ServiceJvm implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Duration ANSWER = Duration.ofSeconds(1);
  private static final int ATTEMPTS = 200;

  /** A transaction or two. */
  private static final int ANY_MOMENT_MS = 100;

  private final ChildJvm jvm;
  private final HttpClient http = HttpClient.newHttpClient();
  private final HttpRequest ready;
  private final HttpRequest metrics;

  /** The service that was started as this process, and answers on that port. */
  protected ServiceJvm(ChildJvm jvm, int healthPort) {
    this.jvm = jvm;
    this.ready =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + "/health/ready"))
            .timeout(ANSWER)
            .build();
    this.metrics =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + healthPort + "/metrics"))
            .timeout(ANSWER)
            .build();
  }

  /** The process. */
  public ChildJvm jvm() {
    return jvm;
  }

  /** What it says of itself in one word; empty if it does not answer. */
  public Optional<String> state() throws InterruptedException {
    try {
      HttpResponse<String> answer = http.send(ready, HttpResponse.BodyHandlers.ofString());
      return answer.body().lines().findFirst();
    } catch (IOException e) {
      // It starts, or is frozen, or has ended.
      return Optional.empty();
    }
  }

  /** All that it says of itself, line by line; empty if it does not answer. */
  public List<String> said() throws InterruptedException {
    try {
      return http.send(ready, HttpResponse.BodyHandlers.ofString()).body().lines().toList();
    } catch (IOException e) {
      // It starts, or is frozen, or has ended.
      return List.of();
    }
  }

  /**
   * What it counts.
   *
   * @param name with its tags, as it stands before the number
   * @throws IOException if it does not answer
   */
  public double metric(String name) throws IOException, InterruptedException {
    return http.send(metrics, HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("expected a metric, found no " + name));
  }

  /**
   * Returns when it says so of itself.
   *
   * @throws AssertionError if it ends, or does not within a minute
   */
  public void awaitState(String state) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    Optional<String> found = state();
    while (found.filter(state::equals).isEmpty()) {
      if (jvm.awaitEnd(LOOK)) {
        throw new AssertionError("expected it to be " + state + ", found it ended");
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("expected it to be " + state + ", found it " + found);
      }
      found = state();
    }
  }

  /**
   * Freezes it at a moment at which it has written something and not yet committed that.
   *
   * @throws AssertionError if it ends, or such a moment is not found
   */
  public void freezeInTransaction(LogEnds ends, RandomGenerator random)
      throws IOException, InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (jvm.awaitEnd(Duration.ofMillis(random.nextInt(ANY_MOMENT_MS)))) {
        throw new AssertionError("expected it in a transaction, found it ended");
      }
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
