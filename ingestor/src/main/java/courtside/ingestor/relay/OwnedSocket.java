package courtside.ingestor.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one socket of a connection, made by the library's thread and closed by whoever gives the
 * connection up: at whatever moment, even before it is there. The library by itself closes a socket
 * only once its write thread runs, and so leaves behind what was given up while it was dialled.
 * Closing goes to the bare socket below TLS, which waits for nobody. Thread-safe.
 */
final class OwnedSocket extends SocketFactory {
  private static final Logger LOG = LoggerFactory.getLogger(OwnedSocket.class);
  private static final int WSS_PORT = 443;
  private static final int WS_PORT = 80;

  private final URI uri;
  private final Duration deadline;
  private final SSLSocketFactory tls;

  // Guarded by this.
  private @Nullable Socket bare;
  private boolean closed;

  /**
   * Makes nothing yet.
   *
   * @param deadline for TCP alone
   * @param tls whom to trust
   */
  OwnedSocket(URI uri, Duration deadline, SSLSocketFactory tls) {
    this.uri = uri;
    this.deadline = deadline;
    this.tls = tls;
  }

  /** A socket that is connected, with TLS around it where the address asks for that. */
  @Override
  public Socket createSocket() throws IOException {
    boolean secure = "wss".equals(uri.getScheme());
    int port = uri.getPort() >= 0 ? uri.getPort() : secure ? WSS_PORT : WS_PORT;
    Socket socket = own(new Socket());
    try {
      InetSocketAddress address = new InetSocketAddress(uri.getHost(), port);
      if (address.isUnresolved()) {
        throw new UnknownHostException(uri.getHost());
      }
      socket.connect(address, (int) deadline.toMillis());
      // The library sets the parameters of TLS, and that the name must be the certificate's.
      return secure ? tls.createSocket(socket, uri.getHost(), port, true) : socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private synchronized Socket own(Socket socket) throws IOException {
    if (closed) {
      socket.close();
      throw new SocketException("given up before it was dialled");
    }
    bare = socket;
    return socket;
  }

  /** Closes it, now or as soon as it is made. */
  synchronized void close() {
    closed = true;
    Socket socket = bare;
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        // The descriptor is given back all the same.
        LOG.atDebug().addKeyValue("reason", e.getMessage()).log("socket did not close in order");
      }
    }
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw unwanted();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw unwanted();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw unwanted();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw unwanted();
  }

  private static UnsupportedOperationException unwanted() {
    return new UnsupportedOperationException("only the socket of one address is made here");
  }
}
