package courtside.testkit.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The proxy before something that answers every request with its own bytes. */
@Timeout(60)
final class BrokerProxyTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int MUTE_MILLIS = 200;
  private static final short METADATA = 3;

  private ServerSocket echo;
  private BrokerProxy proxy;
  private Socket client;

  @BeforeEach
  void connect() throws Exception {
    echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::answer);
    proxy = BrokerProxy.start();
    proxy.forwardTo("127.0.0.1:" + echo.getLocalPort());
    client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    proxy.close();
    echo.close();
  }

  private void answer() {
    try (Socket socket = echo.accept()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      while (true) {
        byte[] request = new byte[in.readInt()];
        in.readFully(request);
        // A request's correlation id is behind its kind, an answer's in front.
        out.writeInt(request.length - Integer.BYTES);
        out.write(request, Integer.BYTES, request.length - Integer.BYTES);
        out.flush();
      }
    } catch (IOException e) {
      // The test is over, or the proxy has ended it: that is what the client sees.
      return;
    }
  }

  /** In one piece, so that asking is done before the proxy has any of it to be wrong about. */
  private void ask(int correlation, int length) throws IOException {
    ByteBuffer request = ByteBuffer.allocate(Integer.BYTES + 8 + length);
    request.putInt(8 + length).putShort(METADATA).putShort((short) 0).putInt(correlation);
    client.getOutputStream().write(request.array());
  }

  private int hear(int length) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    assertThat(in.readInt()).isEqualTo(Integer.BYTES + length);
    int correlation = in.readInt();
    in.readFully(new byte[length]);
    return correlation;
  }

  @Test
  void passesEverythingOn() throws Exception {
    ask(7, 100_000);
    assertThat(hear(100_000)).isEqualTo(7);
    ask(8, 0);
    assertThat(hear(0)).isEqualTo(8);
    assertThat(proxy.accepted()).isOne();
    assertThat(proxy.bytesToBroker()).isEqualTo(100_024);
  }

  @Test
  void passesEverythingOnInPiecesAndLate() throws Exception {
    for (LinkFault fault :
        new LinkFault[] {
          new LinkFault.Slicer(7, Duration.ZERO),
          new LinkFault.Latency(Duration.ofMillis(1)),
          new LinkFault.Bandwidth(1_000_000)
        }) {
      try (Impairment impairment = proxy.impair(fault)) {
        ask(9, 20_000);
        assertThat(hear(20_000)).as("%s", fault).isEqualTo(9);
        assertThat(impairment.fired()).as("%s", fault).isPositive();
      }
    }
  }

  @Test
  void holdsEverythingUntilItIsLifted() throws Exception {
    try (Impairment impairment = proxy.impair(new LinkFault.Hold())) {
      ask(10, 10);
      assertThat(impairment.awaitFired(1, LIMIT)).isTrue();
      client.setSoTimeout(MUTE_MILLIS);
      assertThatThrownBy(() -> hear(10)).isInstanceOf(SocketTimeoutException.class);
      client.setSoTimeout(0);
    }
    assertThat(hear(10)).isEqualTo(10);
  }

  @Test
  void resets() throws Exception {
    try (Impairment impairment = proxy.impair(new LinkFault.Reset())) {
      ask(11, 10);
      assertThatThrownBy(() -> hear(10)).isInstanceOf(IOException.class);
      assertThat(impairment.fired()).isPositive();
    }
  }

  @Test
  void cutsInTheMiddleOfARequest() throws Exception {
    try (Impairment impairment = proxy.impair(new LinkFault.CutAfter(50))) {
      ask(12, 10);
      assertThat(hear(10)).isEqualTo(12);
      assertThat(impairment.fired()).isZero();
      ask(13, 100);
      assertThatThrownBy(() -> hear(100)).isInstanceOf(IOException.class);
      assertThat(impairment.fired()).isOne();
      assertThat(proxy.bytesToBroker()).isEqualTo(50);
    }
  }

  @Test
  void doesOneThingWrongAtATime() {
    try (Impairment _ = proxy.impair(new LinkFault.Hold())) {
      assertThatThrownBy(() -> proxy.impair(new LinkFault.Reset()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Hold");
    }
    proxy.impair(new LinkFault.Reset()).close();
  }
}
