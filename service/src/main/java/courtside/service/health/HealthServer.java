package courtside.service.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Answers {@code /health/live}, {@code /health/ready} and {@code /metrics}: 200 where it holds, 503
 * where it does not, the reasons as text. Thread-safe.
 */
public final class HealthServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService requests;
  private final HealthMetrics told;

  private HealthServer(HttpServer server, ExecutorService requests, HealthMetrics told) {
    this.server = server;
    this.requests = requests;
    this.told = told;
  }

  /**
   * Starts to answer.
   *
   * @param service as its metrics are tagged
   * @param host the address to listen on
   * @param port 0 for any that is free
   * @param metrics the service's own; its health and its JVM are added to them
   * @throws UncheckedIOException if it cannot listen there
   */
  public static HealthServer start(
      String service,
      String host,
      int port,
      Supplier<Health> health,
      PrometheusMeterRegistry metrics) {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(host, port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "health and metrics cannot be had at " + host + ":" + port + ", is the port taken?", e);
    }
    ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(requests);
    server.createContext("/health/live", exchange -> answer(exchange, Health::live, health.get()));
    server.createContext(
        "/health/ready", exchange -> answer(exchange, Health::ready, health.get()));
    HealthMetrics told = new HealthMetrics(service, metrics);
    server.createContext(
        "/metrics", exchange -> send(exchange, 200, scrape(told, health.get(), metrics)));
    server.start();
    return new HealthServer(server, requests, told);
  }

  /** The port that it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Status and reasons are of the same moment. */
  private static void answer(HttpExchange exchange, Predicate<Health> holds, Health health)
      throws IOException {
    StringBuilder text = new StringBuilder(health.state()).append('\n');
    health.reasons().forEach(reason -> text.append(reason).append('\n'));
    send(exchange, holds.test(health) ? 200 : 503, text.toString());
  }

  /** One at a time: what is said is of one moment. */
  private static String scrape(HealthMetrics told, Health health, PrometheusMeterRegistry metrics) {
    synchronized (told) {
      told.update(health);
      return metrics.scrape();
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    if (exchange.getRequestMethod().equals("HEAD")) {
      // Probes that only want the status; a body would break the exchange.
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    requests.shutdownNow();
    told.close();
  }
}
