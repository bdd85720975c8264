package courtside.feedapi.web;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections that are more than their address's share, and those whose request does not come
 * in time: the server's own limit on silence begins anew with every byte, so that a byte now and
 * then would hold a connection for ever. An answer that has begun may take as long as it likes.
 * Thread-safe.
 */
final class ConnectionGuard extends AbstractLifeCycle implements Connection.Listener {
  /** How often it looks, as a part of the time that a request may take. */
  private static final int LOOKS = 10;

  private enum Ended {
    TOO_MANY_OF_ADDRESS,
    REQUEST_TOO_SLOW
  }

  private final ClientLimits limits;
  private final Clients clients;
  private final Scheduler scheduler;
  private final LongSupplier nanoTime;
  private final Map<Ended, Counter> ended = new EnumMap<>(Ended.class);
  private final Map<Connection, Watched> open = new ConcurrentHashMap<>();
  private final Map<String, Integer> byAddress = new ConcurrentHashMap<>();
  private volatile Scheduler.@Nullable Task next;

  /** One connection, as it was seen last. Looked at by one thread at a time. */
  private static final class Watched {
    private final @Nullable String address;
    private long requests;
    private long answers;
    private long bytes;
    private long since;

    Watched(@Nullable String address, long since) {
      this.address = address;
      this.since = since;
    }
  }

  ConnectionGuard(
      ClientLimits limits,
      Clients clients,
      Connector connector,
      LongSupplier nanoTime,
      MeterRegistry metrics) {
    this.limits = limits;
    this.clients = clients;
    this.scheduler = connector.getScheduler();
    this.nanoTime = nanoTime;
    for (Ended reason : Ended.values()) {
      ended.put(
          reason,
          Counter.builder("courtside.feed.api.connections.ended")
              .description("connections that were ended for what the client did")
              .tag("reason", reason.name().toLowerCase(Locale.ROOT))
              .register(metrics));
    }
  }

  @Override
  protected void doStart() {
    schedule();
  }

  @Override
  protected void doStop() {
    Scheduler.Task task = next;
    if (task != null) {
      task.cancel();
    }
  }

  private void schedule() {
    Duration pause = limits.requestTime().dividedBy(LOOKS);
    next =
        scheduler.schedule(
            () -> {
              try {
                look();
              } finally {
                if (isStarting() || isStarted()) {
                  schedule();
                }
              }
            },
            Math.max(1, pause.toMillis()),
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void onOpened(Connection connection) {
    SocketAddress remote = connection.getEndPoint().getRemoteSocketAddress();
    String address = clients.isProxy(remote) ? null : Clients.name(remote);
    open.put(connection, new Watched(address, nanoTime.getAsLong()));
    if (address != null
        && byAddress.merge(address, 1, Integer::sum) > limits.connectionsPerAddress()) {
      end(connection, Ended.TOO_MANY_OF_ADDRESS);
    }
  }

  @Override
  public void onClosed(Connection connection) {
    Watched watched = open.remove(connection);
    if (watched != null && watched.address != null) {
      byAddress.computeIfPresent(
          watched.address, (address, count) -> count == 1 ? null : count - 1);
    }
  }

  private void look() {
    long now = nanoTime.getAsLong();
    open.forEach((connection, watched) -> {
      if (isTooSlow(connection, watched, now)) {
        end(connection, Ended.REQUEST_TOO_SLOW);
      }
    });
  }

  /**
   * Between an answer and the next request nothing is late. From the first byte of a request to the
   * first of its answer, time counts: the counts of both only change where a header is complete.
   */
  private boolean isTooSlow(Connection connection, Watched watched, long now) {
    long requests = connection.getMessagesIn();
    long answers = connection.getMessagesOut();
    long bytes = connection.getBytesIn();
    boolean moved = requests != watched.requests || answers != watched.answers;
    // A word that a body may come counts as an answer too.
    boolean idle = requests <= answers && (moved || bytes == watched.bytes);
    if (moved || idle) {
      watched.requests = requests;
      watched.answers = answers;
      watched.bytes = bytes;
      watched.since = now;
      return false;
    }
    return now - watched.since > limits.requestTime().toNanos();
  }

  private void end(Connection connection, Ended reason) {
    Objects.requireNonNull(ended.get(reason)).increment();
    connection.getEndPoint().close();
  }
}
