package courtside.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that answer badly, or not to the end. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class WebTest {
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(30);

  private final CountDownLatch ended = new CountDownLatch(1);
  private final CountDownLatch left = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/json", exchange -> send(exchange, "{\"a\":1}"));
    server.createContext("/whole", exchange -> send(exchange, padded(1_000_000)));
    server.createContext("/large", exchange -> send(exchange, padded(1_000_001)));
    server.createContext("/drips", exchange -> drip(exchange, 20));
    server.createContext("/stalls", exchange -> drip(exchange, 3_600_000));
    server.createContext("/endless", WebTest::pour);
    server.start();
  }

  @AfterEach
  void stop() {
    ended.countDown();
    server.stop(0);
    threads.close();
  }

  private static String padded(int length) {
    return "{\"a\":1}" + " ".repeat(length - 7);
  }

  private static void send(HttpExchange exchange, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  /** The headers at once, and then a byte now and then, until who asked has gone. */
  private void drip(HttpExchange exchange, long everyMs) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      do {
        out.write(' ');
        out.flush();
      } while (!ended.await(everyMs, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      left.countDown();
    }
  }

  private static void pour(HttpExchange exchange) throws IOException {
    byte[] part = new byte[10_000];
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      while (true) {
        out.write(part);
      }
    }
  }

  private Web web(Duration patience) throws PublishException {
    return new Web(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), patience);
  }

  private Web.Answer ask(String path, Duration patience) throws Exception {
    try (Web web = web(patience)) {
      return web.ask(web.request(path).build());
    }
  }

  @Test
  void takesAnAnswerOfAtMostAMegabyte() throws Exception {
    assertThat(ask("/json", LONG).body().path("a").asInt()).isOne();
    assertThat(ask("/whole", LONG).body().path("a").asInt()).isOne();
    for (String path : new String[] {"/large", "/endless"}) {
      assertThatThrownBy(() -> ask(path, LONG))
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("127.0.0.1 answers " + path + " with more than a megabyte");
    }
  }

  @Test
  void waitsNoLongerForAnAnswerThatDripsOrStalls() throws Exception {
    for (String path : new String[] {"/drips", "/stalls"}) {
      assertThatThrownBy(() -> ask(path, SHORT))
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("no answer from 127.0.0.1 to " + path)
          .hasMessageContaining("nothing whole within 1 s");
    }
  }

  @Test
  void leavesWhoDripsWhereItIs() throws Exception {
    try (Web web = web(SHORT)) {
      assertThatThrownBy(() -> web.ask(web.request("/drips").build()))
          .isInstanceOf(PublishException.class);
      // It cannot write to a connection that is closed.
      assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }
}
