package courtside.testkit.relay;

import courtside.atproto.Bytes;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client of bytes: it sees what stands on the wire, and nothing is done for it. */
final class RawClient implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final Socket socket;
  private final DataInputStream in;

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    socket.setSoTimeout((int) LIMIT.toMillis());
  }

  /** The head of a frame: its first byte, and the length that it declares. */
  record Head(int first, long length) {}

  /** A whole frame. */
  record Frame(int first, Bytes payload) {
    /** What a binary message of one frame is. */
    static Frame binary(byte[] payload) {
      return new Frame(0x82, Bytes.of(payload));
    }
  }

  /** Connects and says nothing. */
  static RawClient connect(Relay relay) throws IOException {
    return new RawClient(new Socket(InetAddress.getByAddress(LOOPBACK), relay.port()));
  }

  /** Connects and asks for all. */
  static RawClient asking(Relay relay) throws IOException {
    RawClient client = connect(relay);
    client.ask("?cursor=0");
    return client;
  }

  /** Connects, asks for all and is upgraded. */
  static RawClient upgraded(Relay relay) throws IOException {
    RawClient client = asking(relay);
    String head = client.readHead();
    if (!head.startsWith("HTTP/1.1 101 ")) {
      throw new IOException("expected an upgrade, found " + head);
    }
    return client;
  }

  void ask(String query) throws IOException {
    String request =
        "GET "
            + Upgrade.PATH
            + query
            + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
  }

  /** An HTTP head, up to and with its empty line. */
  String readHead() throws IOException {
    StringBuilder head = new StringBuilder();
    // Only the last four: a head may be megabytes, where a relay means no good.
    while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }

  /** So many bytes, of whatever they are. */
  String readText(int count) throws IOException {
    byte[] bytes = new byte[count];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  Head readFrameHead() throws IOException {
    int first = in.readUnsignedByte();
    int length = in.readUnsignedByte();
    return new Head(
        first,
        switch (length) {
          case 126 -> in.readUnsignedShort();
          case 127 -> in.readLong();
          default -> length;
        });
  }

  Frame readFrame() throws IOException {
    Head head = readFrameHead();
    byte[] payload = new byte[(int) head.length()];
    in.readFully(payload);
    return new Frame(head.first(), Bytes.of(payload));
  }

  /** All up to the end of the relay's side; throws where that is a reset. */
  byte[] readToEnd() throws IOException {
    return in.readAllBytes();
  }

  /** Sends a control frame, masked with zeros. */
  void send(Opcode opcode, byte... payload) throws IOException {
    socket
        .getOutputStream()
        .write(
            ByteBuffer.allocate(2 + Integer.BYTES + payload.length)
                .put((byte) (0x80 | opcode.code()))
                .put((byte) (0x80 | payload.length))
                .putInt(0)
                .put(payload)
                .array());
  }

  /** Ends its own side in order. */
  void fin() throws IOException {
    socket.shutdownOutput();
  }

  /** Whether nothing comes for a moment. It can only ever see that something comes. */
  boolean hearsNothing() throws IOException {
    socket.setSoTimeout(150);
    try {
      int _ = in.read();
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } finally {
      socket.setSoTimeout((int) LIMIT.toMillis());
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
