package courtside.ingestor.owner;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what hangs. A member of the group that hangs only stops its heartbeats, and would be
 * replaced late: so a thread of its own looks whether the pump's loop still turns, and acts once if
 * it does not. Thread-safe.
 */
public final class Watchdog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
  private static final int LOOKS_PER_LIMIT = 6;

  private final Patience patience;
  private final LongSupplier nanoTime;
  private final Runnable onHang;
  private final long period;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /**
   * Watches nothing yet.
   *
   * @param limit how long a turn may take
   * @param onHang run once, on the watchdog's thread, which ends after it
   */
  public Watchdog(Duration limit, LongSupplier nanoTime, Runnable onHang) {
    this.period = limit.toNanos() / LOOKS_PER_LIMIT;
    this.nanoTime = nanoTime;
    this.patience = new Patience(limit.toNanos(), 2 * period, nanoTime.getAsLong());
    this.onHang = onHang;
    this.thread = Thread.ofPlatform().name("watchdog").daemon().unstarted(this::run);
  }

  /** Watches until closed; now counts as a turn. Once only. */
  public Watchdog begin() {
    turned();
    thread.start();
    return this;
  }

  /** The loop has turned. */
  public void turned() {
    patience.turned(nanoTime.getAsLong());
  }

  private void run() {
    try {
      while (!closing.await(period, TimeUnit.NANOSECONDS)) {
        if (patience.isOver(nanoTime.getAsLong())) {
          LOG.atError().log("the pump hangs: leaving the group, so that another takes over");
          onHang.run();
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing.countDown();
  }

  /**
   * How long to wait for the next turn. A process that was stopped, or a machine that slept, makes
   * every turn look long; the watchdog slept then as well, and that is how it is told apart.
   * Thread-safe.
   */
  static final class Patience {
    private final long limit;
    private final long longestLook;

    // Guarded by this.
    private long lastTurn;
    private long lastLook;

    /**
     * Begins with a turn.
     *
     * @param limit how long a turn may take
     * @param longestLook how far two looks are apart at most while the process runs
     */
    Patience(long limit, long longestLook, long now) {
      this.limit = limit;
      this.longestLook = longestLook;
      this.lastTurn = now;
      this.lastLook = now;
    }

    synchronized void turned(long now) {
      lastTurn = now;
    }

    synchronized boolean isOver(long now) {
      boolean slept = now - lastLook > longestLook;
      lastLook = now;
      if (slept) {
        lastTurn = now;
        return false;
      }
      return now - lastTurn > limit;
    }
  }
}
