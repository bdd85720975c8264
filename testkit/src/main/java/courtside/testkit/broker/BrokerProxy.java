package courtside.testkit.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Forwards connections on loopback to a broker, byte for byte, and does one thing wrong at a time
 * on cue. The broker has to tell its clients this proxy's port, or they go past it. Thread-safe.
 */
public final class BrokerProxy implements AutoCloseable {
  private static final int BACKLOG = 50;

  private final ServerSocket server;
  private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong toBroker = new AtomicLong();
  private volatile @Nullable InetSocketAddress broker;
  private volatile @Nullable Impairment impairment;

  private BrokerProxy(ServerSocket server) {
    this.server = server;
  }

  /** Listens on a port that is free; connections are closed at once until there is a broker. */
  public static BrokerProxy start() {
    try {
      BrokerProxy proxy =
          new BrokerProxy(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
      Thread.ofVirtual().name("proxy-accept").start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("no proxy can listen: " + e.getMessage(), e);
    }
  }

  /** Where it listens. */
  public int port() {
    return server.getLocalPort();
  }

  /** {@code host:port} for clients. */
  public String bootstrap() {
    return "127.0.0.1:" + port();
  }

  /** Forwards to this broker from now on, {@code host:port}. */
  public void forwardTo(String address) {
    int colon = address.lastIndexOf(':');
    broker =
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  /**
   * Does this wrong from now on.
   *
   * @throws IllegalStateException if something else is wrong and was not lifted
   */
  public synchronized Impairment impair(LinkFault fault) {
    if (impairment != null) {
      throw new IllegalStateException(
          "expected a proxy that works, found " + impairment.fault() + ": close that first");
    }
    Impairment begun = new Impairment(fault, () -> impairment = null);
    impairment = begun;
    return begun;
  }

  Optional<Impairment> impairment() {
    return Optional.ofNullable(impairment);
  }

  /** How many connections were accepted. */
  public long accepted() {
    return accepted.get();
  }

  /** How many bytes went to the broker. */
  public long bytesToBroker() {
    return toBroker.get();
  }

  void passed(int bytes) {
    toBroker.addAndGet(bytes);
  }

  private void accept() {
    while (!server.isClosed()) {
      Optional<Socket> client = next();
      client.ifPresent(this::open);
    }
  }

  private Optional<Socket> next() {
    try {
      return Optional.of(server.accept());
    } catch (IOException e) {
      // Closed, or a client that has gone already.
      return Optional.empty();
    }
  }

  private void open(Socket client) {
    Socket upstream = new Socket();
    ProxiedConnection connection =
        new ProxiedConnection(this, client, upstream, connections::remove);
    connections.add(connection);
    accepted.incrementAndGet();
    InetSocketAddress to = broker;
    try {
      if (to == null) {
        connection.close();
        return;
      }
      upstream.connect(to);
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
      connection.begin();
    } catch (IOException e) {
      // A broker that is away: the client sees a connection that ends.
      connection.close();
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    connections.forEach(ProxiedConnection::close);
  }
}
