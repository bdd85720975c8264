package courtside.feedapi;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * Stands between clients and a broker on loopback, and can stop to forward while every socket stays
 * open, as a broker does that is frozen. Thread-safe.
 */
final class BrokerProxy implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final ServerSocket listening;
  private final int brokerPort;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final CountDownLatch frozen = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable ApiKeys last;

  BrokerProxy(String broker) throws IOException {
    brokerPort = Integer.parseInt(broker.substring(broker.indexOf(':') + 1));
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  String bootstrap() {
    return HOST + ":" + listening.getLocalPort();
  }

  /** Forwards nothing from now on. */
  void freeze() {
    frozen.countDown();
  }

  /** Freezes as soon as somebody asks for this. */
  void freezeWhenAsked(ApiKeys request) {
    last = request;
  }

  void awaitFrozen() throws InterruptedException {
    frozen.await();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        Socket broker = new Socket();
        sockets.add(client);
        sockets.add(broker);
        broker.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), brokerPort));
        Thread.ofVirtual().start(() -> pump(client, broker, this::request));
        Thread.ofVirtual().start(() -> pump(broker, client, this::response));
      }
    } catch (IOException e) {
      // Closed, or the broker is; whoever asks finds out.
      freeze();
    }
  }

  private interface OnFrame {
    void accept(byte[] frame);
  }

  private void pump(Socket from, Socket to, OnFrame onFrame) {
    try (from;
        to) {
      DataInputStream in = new DataInputStream(from.getInputStream());
      DataOutputStream out = new DataOutputStream(new BufferedOutputStream(to.getOutputStream()));
      while (true) {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        onFrame.accept(frame);
        if (frozen.getCount() == 0) {
          closed.await();
          return;
        }
        out.writeInt(frame.length);
        out.write(frame);
        out.flush();
      }
    } catch (IOException e) {
      // One side has gone, and with this the other goes too.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void request(byte[] frame) {
    ApiKeys awaited = last;
    if (awaited != null && ByteBuffer.wrap(frame).getShort() == awaited.id) {
      freeze();
    }
  }

  /** A broker says where it is: host and port. The proxy puts its own port there. */
  private void response(byte[] frame) {
    byte[] address =
        ByteBuffer.allocate(HOST.length() + Integer.BYTES)
            .put(HOST.getBytes(StandardCharsets.US_ASCII))
            .putInt(brokerPort)
            .array();
    for (int at = 0; at + address.length <= frame.length; at++) {
      if (Arrays.equals(frame, at, at + address.length, address, 0, address.length)) {
        ByteBuffer.wrap(frame).putInt(at + HOST.length(), listening.getLocalPort());
      }
    }
  }

  @Override
  public void close() throws IOException {
    freeze();
    closed.countDown();
    listening.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
