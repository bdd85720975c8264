package courtside.ingestor.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.IntConsumer;
import javax.net.SocketFactory;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one socket of a connection, made by the library's thread and closed by whoever gives the
 * connection up: at whatever moment, even before it is there. The library by itself closes a socket
 * only once its write thread runs, and so leaves behind what was given up while it was dialled.
 * Closing goes to the bare socket below TLS, which waits for nobody. What comes of it is guarded.
 * Thread-safe.
 */
final class OwnedSocket extends SocketFactory {
  private static final Logger LOG = LoggerFactory.getLogger(OwnedSocket.class);
  private static final int WSS_PORT = 443;
  private static final int WS_PORT = 80;

  /** Whatever else a JVM's own settings allow. */
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final URI uri;
  private final Duration deadline;
  private final SSLSocketFactory tls;
  private final int maxMessage;
  private final IntConsumer payload;

  // Guarded by this.
  private @Nullable Socket bare;
  private @Nullable GuardedInput input;
  private boolean closed;

  /**
   * Makes nothing yet.
   *
   * @param deadline for TCP alone
   * @param tls whom to trust
   * @param maxMessage bytes that a message may have
   * @param payload told of how many bytes came of a message that is not finished
   */
  OwnedSocket(
      URI uri, Duration deadline, SSLSocketFactory tls, int maxMessage, IntConsumer payload) {
    this.uri = uri;
    this.deadline = deadline;
    this.tls = tls;
    this.maxMessage = maxMessage;
    this.payload = payload;
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
      return guard(secure ? secured(socket, port) : socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private Socket secured(Socket socket, int port) throws IOException {
    SSLSocket secured = (SSLSocket) tls.createSocket(socket, uri.getHost(), port, true);
    SSLParameters parameters = secured.getSSLParameters();
    // Otherwise any certificate would do that is for anybody whom we trust.
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setProtocols(PROTOCOLS);
    secured.setSSLParameters(parameters);
    // Now: later the library's two threads would race for it, and only one be told what was wrong.
    secured.startHandshake();
    return secured;
  }

  private synchronized Socket guard(Socket socket) throws IOException {
    GuardedInput guarded = new GuardedInput(socket.getInputStream(), maxMessage, payload);
    input = guarded;
    return new GuardedSocket(socket, guarded);
  }

  /** What the relay did that nobody may. */
  synchronized Optional<Ending> violation() {
    GuardedInput guarded = input;
    return guarded == null ? Optional.empty() : guarded.violation();
  }

  /** How long from now the relay asked to be left alone. */
  synchronized Optional<Duration> retryAfter(Instant now) {
    GuardedInput guarded = input;
    return guarded == null ? Optional.empty() : guarded.retryAfter(now);
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
