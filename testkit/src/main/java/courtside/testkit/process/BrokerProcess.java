package courtside.testkit.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A broker in a process of its own, always on the same port and the same directory, however often
 * it is killed. Confined to one thread.
 */
public final class BrokerProcess implements AutoCloseable {
  /** By its name: it is in a module that this one does not know, as tests of others have both. */
  private static final String MAIN = "courtside.broker.BrokerMain";

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
  private static final int CONNECT_MILLIS = 200;

  private final Path directory;
  private final int port;
  private final Map<String, String> instead;
  private @Nullable ChildJvm jvm;
  private long killedNanos;

  private BrokerProcess(Path directory, int port, Map<String, String> instead) {
    this.directory = directory;
    this.port = port;
    this.instead = instead;
  }

  /** Starts one; returns when it listens. */
  public static BrokerProcess start(Path directory) throws IOException {
    return start(directory, Map.of());
  }

  /** Starts one with settings in the place of its own; returns when it listens. */
  public static BrokerProcess start(Path directory, Map<String, String> instead)
      throws IOException {
    BrokerProcess broker = new BrokerProcess(directory, StablePort.find(), instead);
    broker.begin();
    broker.awaitListening();
    return broker;
  }

  /** {@code host:port} for clients. */
  public String bootstrap() {
    return "127.0.0.1:" + port;
  }

  /**
   * Starts it, or starts it again; returns at once.
   *
   * @return when that was, on the monotonic clock
   */
  public long begin() throws IOException {
    List<String> arguments = new ArrayList<>(List.of(directory.toString(), Integer.toString(port)));
    instead.forEach((name, value) -> arguments.add(name + "=" + value));
    jvm =
        ChildJvm.start(
            MAIN,
            List.of("-Xmx256m"),
            arguments,
            Map.of(),
            directory.resolveSibling(directory.getFileName() + ".out"));
    return jvm.startedNanos();
  }

  /** Returns when somebody listens on its port. */
  public void awaitListening() {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!listens()) {
      if (!running().isAlive()) {
        throw new AssertionError("expected a broker that starts, it has ended: see what it says");
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("expected a broker that listens within " + LIMIT);
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      // Nobody yet: that is the answer.
      return false;
    }
  }

  /** Waits, that long at most, until it has ended by itself; says whether it has. */
  public boolean awaitEnd(Duration most) throws InterruptedException {
    return running().awaitEnd(most);
  }

  /** SIGKILL; returns when it has ended. */
  public void kill() throws InterruptedException {
    running().kill();
    killedNanos = System.nanoTime();
  }

  /** Returns when it has been away for that long. */
  public void awaitAwayFor(Duration time) throws InterruptedException {
    long left = killedNanos + time.toNanos() - System.nanoTime();
    if (left > 0) {
      // What is waited for is this time itself: nobody tells that it has passed.
      Thread.sleep(Duration.ofNanos(left));
    }
  }

  private ChildJvm running() {
    if (jvm == null) {
      throw new IllegalStateException("expected a broker that was started");
    }
    return jvm;
  }

  @Override
  public void close() throws InterruptedException {
    running().close();
  }
}
