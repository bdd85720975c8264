package courtside.ingestor.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.ingestor.relay.Ending.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A relay that asks for answers and reads none, so that a write never returns, then ends the
 * WebSocket and keeps the socket.
 */
@Timeout(120)
final class DeafRelayTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PATIENCE = LIMIT.multipliedBy(4);
  private static final Duration MOMENT = Duration.ofMillis(50);
  private static final RelayConnection.DataHandler NOBODY =
      new RelayConnection.DataHandler() {
        @Override
        public void onData(byte[] message) {
          throw new AssertionError("data of a relay that sends none");
        }

        @Override
        public void onPayload(int bytes) {
          throw new AssertionError("payload of a relay that sends none");
        }

        @Override
        public void onText() {
          throw new AssertionError("text of a relay that sends none");
        }
      };

  private final ServerSocket server;
  private final Queue<Socket> accepted = new ConcurrentLinkedQueue<>();
  private volatile byte[] last = {};

  DeafRelayTest() throws IOException {
    server = new ServerSocket();
    // Little is held for a relay that reads nothing.
    server.setReceiveBufferSize(4 << 10);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket socket = server.accept();
              accepted.add(socket);
              Thread.ofVirtual().start(() -> serve(socket));
            }
          } catch (IOException e) {
            // The test is over.
            assertThat(server.isClosed()).isTrue();
          }
        });
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    for (Socket socket : accepted) {
      socket.close();
    }
  }

  private URI uri() {
    return URI.create("ws://localhost:" + server.getLocalPort());
  }

  /** Pings until nothing more can be answered, and then ends it. */
  private void serve(Socket socket) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(upgrade(request(socket.getInputStream())));
      byte[] ping = Arrays.copyOf(new byte[] {(byte) 0x89, 125}, 127);
      byte[] pings = new byte[ping.length * 4_000];
      for (int at = 0; at < pings.length; at += ping.length) {
        System.arraycopy(ping, 0, pings, at, ping.length);
      }
      long before = stuckWrites();
      do {
        out.write(pings);
      } while (!isStuck(before));
      out.write(last);
    } catch (SocketException e) {
      // Closed by the other side, or by the end of the test.
      assertThat(e).hasMessageMatching("(?i).*(closed|reset|broken pipe).*");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String request(InputStream in) throws IOException {
    StringBuilder request = new StringBuilder();
    while (request.indexOf("\r\n\r\n") < 0) {
      request.append((char) in.read());
    }
    return request.toString();
  }

  private static byte[] upgrade(String request) throws Exception {
    Matcher key = Pattern.compile("Sec-WebSocket-Key: (\\S+)").matcher(request);
    assertThat(key.find()).isTrue();
    byte[] accept =
        MessageDigest.getInstance("SHA-1")
            .digest(
                (key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                    .getBytes(StandardCharsets.US_ASCII));
    return ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + Base64.getEncoder().encodeToString(accept)
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Threads of the library that wait for room to write. */
  private static long stuckWrites() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> isTheLibrarys(thread.getKey()))
        .filter(thread -> calls(thread.getValue(), "implWrite") && calls(thread.getValue(), "park"))
        .count();
  }

  /** Whether one more waits, and not for a moment. */
  private static boolean isStuck(long before) {
    if (stuckWrites() <= before) {
      return false;
    }
    LockSupport.parkNanos(MOMENT.toNanos());
    return stuckWrites() > before;
  }

  private static boolean calls(StackTraceElement[] stack, String method) {
    return Arrays.stream(stack).anyMatch(call -> call.getMethodName().equals(method));
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(DeafRelayTest::isTheLibrarys)
        .count();
  }

  private static boolean isTheLibrarys(Thread thread) {
    return thread.getName().toLowerCase(Locale.ROOT).contains("websocket");
  }

  @ParameterizedTest
  // A mask, a continuation of nothing, and a close.
  @CsvSource({"828100000000, PROTOCOL", "8000, PROTOCOL", "880203E8, CLOSED"})
  void nothingIsLeftOfItsConnection(String hex, Reason reason) {
    last = HexFormat.of().parseHex(hex);
    RelayConnection connection = RelayConnection.dial(uri(), LIMIT, NOBODY);
    await().atMost(PATIENCE).until(() -> connection.ended().isDone());
    assertThat(connection.ended().join().reason()).isEqualTo(reason);
    await().atMost(PATIENCE).until(() -> threads() == 0);
  }
}
