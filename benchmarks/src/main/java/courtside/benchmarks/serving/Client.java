package courtside.benchmarks.serving;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One connection that asks and reads the answer, one request at a time. Confined to one thread. */
final class Client {
  private static final int BUFFER = 1 << 16;
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OK = "HTTP/1.1 200 ".getBytes(StandardCharsets.US_ASCII);

  private final SocketChannel channel;
  private final SelectionKey key;
  private final ByteBuffer in = ByteBuffer.allocate(BUFFER);
  private long askedNanos;
  private boolean busy;

  Client(int port, Selector selector) throws IOException {
    channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    key = channel.register(selector, SelectionKey.OP_READ, this);
  }

  boolean isBusy() {
    return busy;
  }

  /** When the request was to be sent that is being answered. */
  long askedNanos() {
    return askedNanos;
  }

  /** Sends a request; it is small, so the kernel takes all of it. */
  void ask(byte[] request, long dueNanos) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(request);
    while (out.hasRemaining()) {
      channel.write(out);
    }
    askedNanos = dueNanos;
    busy = true;
  }

  /**
   * Reads what there is.
   *
   * @return whether the answer is whole
   * @throws IOException if it is no answer of 200, or the server hangs up
   */
  boolean read() throws IOException {
    if (channel.read(in) < 0) {
      throw new IOException("expected an answer, found the connection closed");
    }
    int header = headerLength();
    if (header < 0) {
      return false;
    }
    for (int n = 0; n < OK.length; n++) {
      if (in.get(n) != OK[n]) {
        throw new IOException(
            "expected 200, found "
                + new String(in.array(), 0, Math.min(in.position(), 400), StandardCharsets.UTF_8));
      }
    }
    int whole = header + contentLength(header);
    if (in.position() < whole) {
      return false;
    }
    if (in.position() > whole) {
      throw new IOException("expected one answer, found more");
    }
    in.clear();
    busy = false;
    return true;
  }

  private int headerLength() {
    byte[] bytes = in.array();
    for (int n = 3; n < in.position(); n++) {
      if (bytes[n] == '\n' && bytes[n - 1] == '\r' && bytes[n - 2] == '\n') {
        return n + 1;
      }
    }
    return -1;
  }

  private int contentLength(int header) throws IOException {
    byte[] bytes = in.array();
    for (int n = 0; n < header - LENGTH.length; n++) {
      int same = 0;
      while (same < LENGTH.length && lower(bytes[n + same]) == LENGTH[same]) {
        same++;
      }
      if (same == LENGTH.length) {
        int length = 0;
        for (int at = n + same; bytes[at] != '\r'; at++) {
          if (bytes[at] != ' ') {
            length = length * 10 + bytes[at] - '0';
          }
        }
        return length;
      }
    }
    throw new IOException("expected a Content-Length, found none");
  }

  private static byte lower(byte letter) {
    return letter >= 'A' && letter <= 'Z' ? (byte) (letter + 32) : letter;
  }

  void close() throws IOException {
    key.cancel();
    channel.close();
  }
}
