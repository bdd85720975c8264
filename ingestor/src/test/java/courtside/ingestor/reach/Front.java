package courtside.ingestor.reach;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Stands before a relay with TLS, as its operator's proxy does, and hands bytes on in both
 * directions. Counts what came of handshakes. Thread-safe.
 */
public final class Front implements AutoCloseable {
  private final ServerSocket server = new ServerSocket();
  private final int relay;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong succeeded = new AtomicLong();
  private volatile SSLContext shown;
  private volatile boolean resets;

  /**
   * Begins to listen.
   *
   * @param address where, as a number
   * @param relay the port of the relay on the loopback interface
   */
  public Front(String address, int port, SSLContext shown, int relay) throws IOException {
    this.shown = shown;
    this.relay = relay;
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
    Thread.ofPlatform().name("front").daemon().start(this::accept);
  }

  /** From now on it shows this certificate, and there is no connection of before. */
  public void show(SSLContext certificate) throws IOException {
    resets = false;
    shown = certificate;
    drop();
  }

  /** From now on it resets connections in their handshake, and there is none of before. */
  public void reset() throws IOException {
    resets = true;
    drop();
  }

  /** How many handshakes came to nothing. */
  public long failed() {
    return failed.get();
  }

  /** How many were done. */
  public long succeeded() {
    return succeeded.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // It was closed; otherwise the next one is accepted.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      if (resets) {
        // The handshake has begun.
        int _ = client.getInputStream().read();
        client.setSoLinger(true, 0);
        failed.incrementAndGet();
        return;
      }
      SSLSocket secured =
          (SSLSocket) shown.getSocketFactory().createSocket(client, null, client.getPort(), true);
      secured.setUseClientMode(false);
      try {
        secured.startHandshake();
      } catch (IOException e) {
        failed.incrementAndGet();
        return;
      }
      succeeded.incrementAndGet();
      handOn(secured);
    } catch (IOException e) {
      // One side has left: the other is told by the end of its socket.
    } finally {
      sockets.remove(client);
    }
  }

  private void handOn(Socket client) throws IOException {
    try (Socket behind = new Socket(InetAddress.getLoopbackAddress(), relay)) {
      sockets.add(behind);
      Thread.ofVirtual()
          .start(() -> {
            try (behind) {
              long _ = client.getInputStream().transferTo(behind.getOutputStream());
            } catch (IOException e) {
              // As above.
            }
          });
      long _ = behind.getInputStream().transferTo(client.getOutputStream());
    }
  }

  private void drop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    drop();
  }
}
