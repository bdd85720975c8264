package courtside.feedapi.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import courtside.feedapi.xrpc.Method;
import courtside.feedapi.xrpc.Xrpc;
import courtside.feedapi.xrpc.XrpcException;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class WebServerTest {
  private static final String HEALTH = "GET /xrpc/_health HTTP/1.1\r\nHost: x\r\n";
  private static final String LAST = "Connection: close\r\n\r\n";
  private static final String TAKE = "POST /xrpc/com.example.take HTTP/1.1\r\nHost: x\r\n";

  private final MeterRegistry metrics = new SimpleMeterRegistry();
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void saysAsXrpcDoesThatTheMachineHasFailed() throws IOException {
    Xrpc failing =
        new Xrpc(Map.of(), new SimpleMeterRegistry(SimpleConfig.DEFAULT, new OutOfMemory()));
    try (WebServer web = start(limits(10, 100, Duration.ofSeconds(10), ""), failing)) {
      assertThat(RawHttp.ask(web.port(), HEALTH + LAST))
          .startsWith("HTTP/1.1 500")
          .contains("application/json")
          .endsWith("{\"error\":\"InternalServerError\",\"message\":\"internal server error\"}");
    }
  }

  /** A clock that cannot say what time it is, as nothing can be had any more. */
  private static final class OutOfMemory implements Clock {
    @Override
    public long wallTime() {
      return 0;
    }

    @Override
    public long monotonicTime() {
      throw new OutOfMemoryError("planted");
    }
  }

  @Test
  void refusesABodyThatIsTooLargeHoweverItComes() throws IOException {
    try (WebServer web = start(limits(10, 100, Duration.ofSeconds(10), ""), taking())) {
      String chunk = "x".repeat(0x8000);
      String chunks = ("8000\r\n" + chunk + "\r\n").repeat(3) + "0\r\n\r\n";

      assertThat(
              RawHttp.ask(
                  web.port(),
                  TAKE
                      + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
                      + LAST
                      + chunks))
          .startsWith("HTTP/1.1 413")
          .contains("\"error\":\"PayloadTooLarge\"");
      assertThat(
              RawHttp.ask(
                  web.port(),
                  TAKE
                      + "Content-Type: application/json\r\nContent-Length: 70000\r\n"
                      + LAST
                      + "x".repeat(70_000)))
          .startsWith("HTTP/1.1 413")
          .contains("\"error\":\"PayloadTooLarge\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-HTTP-Method-Override", "x-http-method-override"})
  void takesTheMethodFromTheRequestLineAlone(String header) throws IOException {
    try (WebServer web = start(limits(10, 100, Duration.ofSeconds(10), ""), taking())) {
      String body = "Content-Type: application/json\r\nContent-Length: 2\r\n" + LAST + "{}";

      assertThat(
              RawHttp.ask(
                  web.port(),
                  "GET /xrpc/com.example.take HTTP/1.1\r\nHost: x\r\n"
                      + header
                      + ": POST\r\n"
                      + body))
          .startsWith("HTTP/1.1 400")
          .contains("Incorrect HTTP method (GET) expected POST");
      assertThat(RawHttp.ask(web.port(), TAKE + header + ": GET\r\n" + body))
          .startsWith("HTTP/1.1 200")
          .endsWith("{}");
      assertThat(RawHttp.ask(web.port(), HEALTH + header + ": OPTIONS\r\n" + LAST))
          .startsWith("HTTP/1.1 200");
      assertThat(RawHttp.ask(web.port(), HEALTH + header + ": nonsense\r\n" + LAST))
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void answersWhoIsRefusedOnceTheyHaveSaidAllAndKeepsTheirConnection() throws IOException {
    Xrpc refusing =
        new Xrpc(
            Map.of(
                "com.example.take",
                Method.procedure(call -> {
                  throw XrpcException.unauthorized("AuthenticationRequired", "who is it");
                })),
            metrics);
    try (WebServer web = start(limits(10, 100, Duration.ofSeconds(10), ""), refusing)) {
      Socket refused = open(web, "127.0.0.1");
      send(refused, TAKE + "Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n");
      send(refused, "x".repeat(30_000));
      refused.setSoTimeout(500);
      assertThatThrownBy(() -> answer(refused)).isInstanceOf(SocketTimeoutException.class);
      send(refused, "x".repeat(30_000));
      refused.setSoTimeout(20_000);
      assertThat(answer(refused)).startsWith("HTTP/1.1 401");
      send(refused, HEALTH + "\r\n");
      assertThat(answer(refused)).startsWith("HTTP/1.1 200");

      // One that waits to be asked for its body is told at once, and not asked.
      Socket asking = open(web, "127.0.0.1");
      send(
          asking,
          TAKE
              + "Content-Type: application/json\r\nContent-Length: 60000\r\n"
              + "Expect: 100-continue\r\n\r\n");
      assertThat(answer(asking)).startsWith("HTTP/1.1 401");
    }
  }

  @Test
  void endsAConnectionWhoseHeaderOrBodyDoesNotCome() throws IOException {
    try (WebServer web = start(limits(10, 100, Duration.ofMillis(200), ""), taking())) {
      Socket header = open(web, "127.0.0.1");
      send(header, "GET /xrpc/_health HTTP/1.1\r\nX-Slow: ");
      Socket second = open(web, "127.0.0.1");
      send(second, HEALTH + "\r\n");
      assertThat(answer(second)).startsWith("HTTP/1.1 200");
      send(second, "GET /xrpc/_health HTTP/1.1\r\nX-Slow: ");
      Socket body = open(web, "127.0.0.1");
      send(body, TAKE + "Content-Type: application/json\r\nContent-Length: 50\r\n\r\n");

      // Each byte begins the server's own limit on silence anew.
      for (Socket slow : List.of(header, second, body)) {
        await().until(() -> isEnded(slow));
      }
      assertThat(metrics.counter(ENDED, "reason", "request_too_slow").count()).isEqualTo(3);
    }
  }

  @Test
  void leavesAConnectionAloneThatWaitsBetweenRequests() throws IOException {
    try (WebServer web = start(limits(10, 100, Duration.ofMillis(200), ""), taking())) {
      Socket patient = open(web, "127.0.0.1");
      send(patient, HEALTH + "\r\n");
      assertThat(answer(patient)).startsWith("HTTP/1.1 200");
      Socket slow = open(web, "127.0.0.1");
      send(slow, "GET /xrpc/_health HTTP/1.1\r\nX-Slow: ");
      await().until(() -> isEnded(slow));

      send(patient, HEALTH + "\r\n");

      assertThat(answer(patient)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void leavesAConnectionAloneWhoseBodyWasAskedFor() throws IOException {
    try (WebServer web = start(limits(10, 100, Duration.ofMillis(200), ""), taking())) {
      Socket patient = open(web, "127.0.0.1");
      send(
          patient,
          TAKE
              + "Content-Type: application/json\r\nContent-Length: 2\r\n"
              + "Expect: 100-continue\r\n\r\n");
      assertThat(answer(patient)).startsWith("HTTP/1.1 100");
      send(patient, "{}");
      assertThat(answer(patient)).startsWith("HTTP/1.1 200");
      Socket slow = open(web, "127.0.0.1");
      send(slow, "GET /xrpc/_health HTTP/1.1\r\nX-Slow: ");
      await().until(() -> isEnded(slow));

      send(patient, HEALTH + "\r\n");

      assertThat(answer(patient)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void takesNoNamesForProxies() {
    assertThat(TrustedProxies.parse("10.0.0.0/8, ::1, 192.0.2.1-192.0.2.9")).isPresent();
    for (String none : List.of("abc.de", "cafe", "0.0.0.0/0", "10.0.0.0/0", "10.0.0.0/", "::/0")) {
      assertThat(TrustedProxies.parse(none)).as(none).isEmpty();
    }
  }

  @Test
  void givesAnAddressItsShareOfConnectionsAlone() throws IOException {
    try (WebServer web = start(limits(3, 100, Duration.ofSeconds(10), ""), taking())) {
      for (int n = 0; n < 3; n++) {
        Socket socket = open(web, "127.0.0.1");
        send(socket, HEALTH + "\r\n");
        assertThat(answer(socket)).startsWith("HTTP/1.1 200");
      }
      Socket fourth = open(web, "127.0.0.1");
      await().until(() -> isEnded(fourth));
      Socket another = open(web, "127.0.0.2");
      send(another, HEALTH + "\r\n");

      assertThat(answer(another)).startsWith("HTTP/1.1 200");
      assertThat(metrics.counter(ENDED, "reason", "too_many_of_address").count()).isEqualTo(1);

      sockets.getFirst().close();
      // Once the server has seen that one end, there is room again.
      await().until(() -> RawHttp.ask(web.port(), HEALTH + LAST).startsWith("HTTP/1.1 200"));
    }
  }

  @Test
  void refusesAnAddressThatAsksTooMuch() throws IOException {
    try (WebServer web = start(limits(10, 1, Duration.ofSeconds(10), ""), taking())) {
      await().until(() -> RawHttp.ask(web.port(), HEALTH + LAST).startsWith("HTTP/1.1 429"));

      assertThat(RawHttp.ask(web.port(), HEALTH + LAST))
          .startsWith("HTTP/1.1 429")
          .contains("Retry-After: ", "\"error\":\"RateLimitExceeded\"");
      Socket another = open(web, "127.0.0.2");
      send(another, HEALTH + "\r\n");
      assertThat(answer(another)).startsWith("HTTP/1.1 200");
      assertThat(metrics.counter("courtside.feed.api.requests.refused").count()).isPositive();
    }
  }

  @Test
  void asksAProxyWhomItSpeaksFor() throws IOException {
    try (WebServer web = start(limits(1, 1, Duration.ofSeconds(10), "127.0.0.1"), taking())) {
      // What stands before the proxy's own word is the client's, who may write what they like.
      for (int n = 0; n < 20; n++) {
        String of = "X-Forwarded-For: 198.51.100.%d, 203.0.113.7\r\n".formatted(n);
        RawHttp.ask(web.port(), HEALTH + of + LAST);
      }

      assertThat(RawHttp.ask(web.port(), HEALTH + "X-Forwarded-For: 203.0.113.7\r\n" + LAST))
          .startsWith("HTTP/1.1 429");
      assertThat(RawHttp.ask(web.port(), HEALTH + "X-Forwarded-For: 203.0.113.8:1234\r\n" + LAST))
          .startsWith("HTTP/1.1 200");
      // Its own connections are many clients'.
      Socket first = open(web, "127.0.0.1");
      send(first, HEALTH + "X-Forwarded-For: 203.0.113.9\r\n\r\n");
      assertThat(answer(first)).startsWith("HTTP/1.1 200");
      Socket second = open(web, "127.0.0.1");
      send(second, HEALTH + "X-Forwarded-For: 203.0.113.10\r\n\r\n");
      assertThat(answer(second)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void takesNobodysWordButAProxys() throws IOException {
    try (WebServer web = start(limits(10, 1, Duration.ofSeconds(10), "10.0.0.0/8"), taking())) {
      for (int n = 0; n < 20; n++) {
        String of = "X-Forwarded-For: 198.51.100.%d\r\n".formatted(n);
        RawHttp.ask(web.port(), HEALTH + of + LAST);
      }

      assertThat(RawHttp.ask(web.port(), HEALTH + "X-Forwarded-For: 198.51.100.200\r\n" + LAST))
          .startsWith("HTTP/1.1 429");
    }
  }

  @Test
  void finishesWhatWasBegunWhenItIsStopped() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch stopping = new CountDownLatch(1);
    Xrpc slow =
        new Xrpc(
            Map.of(
                "com.example.wait",
                Method.query(call -> {
                  begun.countDown();
                  try {
                    stopping.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  return "{\"finished\":true}".getBytes(StandardCharsets.UTF_8);
                })),
            metrics);
    WebServer web = start(limits(10, 100, Duration.ofSeconds(10), ""), slow);
    int port = web.port();
    FutureTask<String> waiting =
        new FutureTask<>(
            () -> RawHttp.ask(port, "GET /xrpc/com.example.wait HTTP/1.1\r\nHost: x\r\n\r\n"));
    Thread.startVirtualThread(waiting);
    begun.await();
    Thread stopped = Thread.startVirtualThread(web::close);
    // Nobody new is let in, once it is stopping.
    await().until(() -> isRefused(port));
    stopping.countDown();

    assertThat(waiting.get()).startsWith("HTTP/1.1 200").endsWith("{\"finished\":true}");
    stopped.join();
  }

  private static boolean isRefused(int port) {
    try {
      return !RawHttp.ask(port, HEALTH + LAST).startsWith("HTTP/1.1 200");
    } catch (IOException e) {
      return true;
    }
  }

  private static final String ENDED = "courtside.feed.api.connections.ended";

  private static ClientLimits limits(
      int perAddress, int perSecond, Duration requestTime, String proxies) {
    return new ClientLimits(
        100, perAddress, perSecond, requestTime, TrustedProxies.parse(proxies).orElseThrow());
  }

  private WebServer start(ClientLimits limits, Xrpc xrpc) {
    return WebServer.start("127.0.0.1", 0, limits, System::nanoTime, metrics, List.of(xrpc::addTo));
  }

  private Xrpc taking() {
    return new Xrpc(Map.of("com.example.take", Method.procedure(call -> call.json())), metrics);
  }

  /** A connection from one of this machine's own addresses. */
  private Socket open(WebServer web, String from) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), web.port()));
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The beginning of an answer. */
  private static String answer(Socket socket) throws IOException {
    byte[] bytes = new byte[4_096];
    InputStream in = socket.getInputStream();
    int length = in.read(bytes);
    return new String(bytes, 0, Math.max(length, 0), StandardCharsets.ISO_8859_1);
  }

  /** Sends one byte more; whether the other end has had enough. */
  private static boolean isEnded(Socket socket) throws IOException {
    try {
      send(socket, "x");
      socket.setSoTimeout(10);
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    }
  }
}
