package courtside.testkit.relay;

import courtside.testkit.relay.fault.Cue;
import courtside.testkit.relay.fault.Fault;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A relay: com.atproto.sync.subscribeRepos over WebSocket, out of a {@link FrameLog}. Listens from
 * its start until it is closed; a client can neither kill it nor hold one of its threads for longer
 * than the deadlines. The log stays open: it is its owner's. Does nothing wrong unless it is told
 * to, by {@link #inject}.
 *
 * <p>Threads: one accepts, one looks after deadlines, and two virtual ones serve each connection.
 * Thread-safe.
 *
 * @see <a href="https://atproto.com/specs/event-stream">Event Stream</a>
 */
public final class Relay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

  /** How often deadlines are looked at, in parts of the shorter one. */
  private static final int LOOKS_PER_DEADLINE = 8;

  private static final long ACCEPT_PAUSE_MILLIS = 100;

  private final RelaySettings settings;
  private final LongSupplier nanoTime;
  private final ServerSocket server;
  private final Ledger ledger;
  private final Injections injections = new Injections();
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicLong accepted = new AtomicLong();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread acceptor;
  private final Thread watch;
  private volatile Connection.Source source;

  private Relay(RelaySettings settings, FrameLog log, LongSupplier nanoTime, ServerSocket server) {
    this.settings = settings;
    this.source = new Connection.Source(log, 0);
    this.nanoTime = nanoTime;
    this.server = server;
    this.ledger = new Ledger(nanoTime);
    this.acceptor = Thread.ofPlatform().name("relay-acceptor").daemon().unstarted(this::accept);
    this.watch = Thread.ofPlatform().name("relay-deadlines").daemon().unstarted(this::watch);
  }

  /**
   * Starts to listen, on the system's monotonic clock.
   *
   * @throws IOException if the port is taken
   */
  public static Relay start(RelaySettings settings, FrameLog log) throws IOException {
    return start(settings, log, System::nanoTime);
  }

  /**
   * Starts to listen.
   *
   * @param nanoTime the monotonic clock of deadlines and of the ledger
   * @throws IOException if the port is taken
   */
  public static Relay start(RelaySettings settings, FrameLog log, LongSupplier nanoTime)
      throws IOException {
    ServerSocket server = new ServerSocket();
    try {
      // A relay that was just killed leaves its port in TIME_WAIT.
      server.setReuseAddress(true);
      server.bind(settings.listener());
    } catch (IOException e) {
      server.close();
      throw new IOException("port " + settings.listener().getPort() + " cannot be listened on", e);
    }
    Relay relay = new Relay(settings, log, nanoTime, server);
    relay.acceptor.start();
    relay.watch.start();
    LOG.atInfo()
        .addKeyValue("port", relay.port())
        .addKeyValue("last_seq", log.lastSeq())
        .addKeyValue("starts", log.starts())
        .log("relay listens");
    return relay;
  }

  /** The port that it listens on. */
  public int port() {
    return server.getLocalPort();
  }

  /** Where it is for this machine, {@code ws://127.0.0.1:PORT}, without a path. */
  public URI uri() {
    return URI.create("ws://127.0.0.1:" + port());
  }

  /** What it has shown, and to whom. */
  public Ledger ledger() {
    return ledger;
  }

  /**
   * Commits a fault on cue. Of several that are due on a connection at once, the first injected is
   * committed first; while one holds a connection, the others wait.
   *
   * @throws IllegalArgumentException if the fault is one of the handshake and the cue a time on a
   *     stream
   */
  public Injection inject(Fault fault, Cue cue) {
    if (!cue.suits(fault)) {
      throw new IllegalArgumentException(
          "expected the cue of a connection, found " + cue + " for " + fault);
    }
    Injection injection =
        new Injection(fault, cue, ledger.accepted(), ledger.shown(), this::wakeConnections);
    injections.add(injection);
    wakeConnections();
    return injection;
  }

  /**
   * Shows another log from now on: to new streams as they ask for it, to those under way what is
   * appended to it after this call. The log before is closed by its owner, not by the relay.
   */
  public void switchTo(FrameLog log) {
    source = new Connection.Source(log, log.lastSeq());
    wakeConnections();
  }

  private void wakeConnections() {
    connections.forEach(Connection::wake);
  }

  /** Ends every connection at once and without a word, as a crash would; goes on listening. */
  public void dropConnections() {
    connections.forEach(connection -> connection.abort(Ending.RELAY_CLOSED));
  }

  /** Stops listening and ends every connection at once; the port is free when this returns. */
  @Override
  public void close() {
    closed.countDown();
    try {
      server.close();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("listening socket did not close");
    }
    dropConnections();
    try {
      // The kernel listens until the thread that waits in it has left.
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LOG.atInfo().log("relay closed");
  }

  private void accept() {
    while (!isClosed()) {
      try {
        Socket socket = server.accept();
        Peer peer = new Peer(socket, ledger.accept(), nanoTime);
        serve(new Connection(peer, settings, () -> source, ledger, injections));
      } catch (IOException e) {
        if (!isClosed()) {
          LOG.atWarn().setCause(e).log("connection not accepted");
          awaitClosed(TimeUnit.MILLISECONDS.toNanos(ACCEPT_PAUSE_MILLIS));
        }
      }
    }
  }

  private void serve(Connection connection) {
    boolean busy = connections.size() >= settings.maxConnections();
    connections.add(connection);
    Thread.ofVirtual()
        .name("relay-connection-" + accepted.incrementAndGet())
        .start(() -> {
          try {
            if (busy) {
              connection.refuseBusy();
            } else {
              connection.run();
            }
          } finally {
            connections.remove(connection);
          }
        });
    if (isClosed()) {
      // Accepted while the relay closed: it was not in the set yet.
      connection.abort(Ending.RELAY_CLOSED);
    }
  }

  private void watch() {
    long shorter =
        Math.min(settings.writeDeadline().toNanos(), settings.upgradeDeadline().toNanos());
    while (!awaitClosed(Math.max(1, shorter / LOOKS_PER_DEADLINE))) {
      connections.forEach(Connection::endIfOverdue);
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private boolean awaitClosed(long nanos) {
    try {
      return closed.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      // Nobody interrupts these threads but to end them.
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
