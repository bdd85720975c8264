package courtside.feedapi.identity;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;

/**
 * Finds the addresses that a client then dials, and judges those very ones: a name that means
 * something else a moment later changes nothing. One bad address among good ones is enough to
 * refuse all. Looks up on platform threads of its own, as the system's look-up holds its thread:
 * virtual ones would stand still with it. Thread-safe.
 */
final class JudgedAddresses implements SocketAddressResolver, AutoCloseable {
  /** More are not tried. */
  private static final int DIALLED = 4;

  private static final long IDLE_SECONDS = 10;

  private final Dialling dialling;
  private final Predicate<InetAddress> allowed;
  private final long deadlineNanos;
  private final LongSupplier nanoTime;
  private final ThreadPoolExecutor threads;

  /**
   * For one client.
   *
   * @param deadline after which nobody waits for the addresses any more
   * @param lookUps how many names are looked up at once; of more it is said at once that it is
   *     busy. A name server may hold each for longer than anybody waits
   */
  JudgedAddresses(
      Dialling dialling,
      Predicate<InetAddress> allowed,
      Duration deadline,
      int lookUps,
      LongSupplier nanoTime) {
    this.dialling = dialling;
    this.allowed = allowed;
    this.deadlineNanos = deadline.toNanos();
    this.nanoTime = nanoTime;
    this.threads =
        new ThreadPoolExecutor(
            0,
            lookUps,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().name("did-names-", 0).daemon().factory());
  }

  @Override
  public void resolve(
      String host,
      int port,
      Map<String, Object> context,
      Promise<List<InetSocketAddress>> promise) {
    long from = nanoTime.getAsLong();
    try {
      threads.execute(() -> lookUp(host, port, from, promise));
    } catch (RejectedExecutionException e) {
      promise.failed(new FetchException(KeyFailure.BUSY));
    }
  }

  private void lookUp(String host, int port, long from, Promise<List<InetSocketAddress>> promise) {
    List<InetSocketAddress> dialled;
    try {
      List<InetAddress> judged = judged(host);
      if (nanoTime.getAsLong() - from >= deadlineNanos) {
        // Whoever asked has gone: nothing is dialled for nobody.
        throw new FetchException(KeyFailure.TIMED_OUT);
      }
      dialled =
          judged.stream()
              .limit(DIALLED)
              .map(address -> dialling.route().apply(new InetSocketAddress(address, port)))
              .map(address -> named(host, address))
              .toList();
    } catch (FetchException | RuntimeException e) {
      promise.failed(e);
      return;
    }
    promise.succeeded(dialled);
  }

  private List<InetAddress> judged(String host) throws FetchException {
    List<InetAddress> addresses;
    try {
      addresses = dialling.names().lookUp(host);
    } catch (UnknownHostException e) {
      throw new FetchException(KeyFailure.UNREACHABLE);
    }
    if (addresses.isEmpty()) {
      throw new FetchException(KeyFailure.UNREACHABLE);
    }
    if (!addresses.stream().allMatch(allowed)) {
      throw new FetchException(KeyFailure.FORBIDDEN_ADDRESS);
    }
    return addresses;
  }

  /**
   * The address with the name that was asked for: the client compares the certificate with the name
   * in the address, which otherwise is what the system put there, or the number.
   */
  private static InetSocketAddress named(String host, InetSocketAddress address) {
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(host, address.getAddress().getAddress()), address.getPort());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has as many bytes as an address", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
