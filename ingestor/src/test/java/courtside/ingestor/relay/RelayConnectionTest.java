package courtside.ingestor.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.ingestor.relay.Ending.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left of a connection that was given up, against a peer that accepts and says nothing. */
@Timeout(60)
final class RelayConnectionTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Ending GIVEN_UP = new Ending(Reason.STOPPED, "given up");
  private static final RelayConnection.DataHandler NOBODY =
      new RelayConnection.DataHandler() {
        @Override
        public void onData(byte[] message) {
          throw new AssertionError("data of a peer that says nothing");
        }

        @Override
        public void onPayload(int bytes) {}

        @Override
        public void onText() {
          throw new AssertionError("text of a peer that says nothing");
        }
      };

  private final ServerSocket mute;
  private final Queue<Socket> accepted = new ConcurrentLinkedQueue<>();

  RelayConnectionTest() throws IOException {
    mute = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              accepted.add(mute.accept());
            }
          } catch (IOException e) {
            // The test is over.
            assertThat(mute.isClosed()).isTrue();
          }
        });
  }

  @AfterEach
  void stop() throws IOException {
    mute.close();
    for (Socket socket : accepted) {
      socket.close();
    }
  }

  private URI peer(String scheme) {
    return URI.create(scheme + "://localhost:" + mute.getLocalPort() + "/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws", "wss"})
  void nothingIsLeftOfDialsThatAreGivenUpAtAnyMoment(String scheme) {
    for (int dial = 0; dial < 40; dial++) {
      int wanted = accepted.size() + 1;
      RelayConnection connection = RelayConnection.dial(peer(scheme), DEADLINE, NOBODY);
      // Some at once, some when the peer has them.
      if (dial % 4 == 3) {
        await().atMost(LIMIT).until(() -> accepted.size() >= wanted);
      }
      connection.abort(GIVEN_UP);
      assertThat(connection.ended()).isCompletedWithValue(GIVEN_UP);
    }
    await().atMost(LIMIT).untilAsserted(() -> assertThat(threads()).isEmpty());
    await().atMost(LIMIT).until(() -> accepted.stream().allMatch(RelayConnectionTest::isOver));
  }

  @Test
  void aPortWhereNobodyListensEndsTheDial() throws IOException {
    mute.close();
    // Whoever waits in accept() holds the port for a moment longer.
    await().atMost(LIMIT).until(this::nobodyListens);
    RelayConnection connection = RelayConnection.dial(peer("ws"), DEADLINE, NOBODY);
    await().atMost(LIMIT).until(() -> connection.ended().isDone());
    assertThat(connection.ended().join().reason()).isEqualTo(Reason.UNREACHABLE);
    await().atMost(LIMIT).untilAsserted(() -> assertThat(threads()).isEmpty());
  }

  private boolean nobodyListens() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("localhost", mute.getLocalPort()));
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }

  /** The library's, each with what it does. */
  private static List<String> threads() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().toLowerCase(Locale.ROOT).contains("websocket"))
        .map(thread -> thread.getKey() + " " + Arrays.toString(thread.getValue()))
        .toList();
  }

  /** Reads what the client has sent, up to its end. */
  private static boolean isOver(Socket socket) {
    try {
      socket.setSoTimeout(1);
      InputStream in = socket.getInputStream();
      return in.readNBytes(10_000).length < 10_000;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      // Reset, which is an end too.
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
