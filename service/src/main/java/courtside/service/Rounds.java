package courtside.service;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the same at once and then so often, on a thread of its own, until it is closed or cannot go
 * on. Thread-safe.
 */
public final class Rounds implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

  private final Duration period;
  private final Round round;
  private final Runnable onFailure;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /** What is done each time. */
  @FunctionalInterface
  public interface Round {
    /**
     * Does it once. Whatever may fail and pass is caught here; an exception is a broken invariant.
     *
     * @throws InterruptedException if it is to end
     */
    void go() throws InterruptedException;
  }

  private Rounds(String name, Duration period, Round round, Runnable onFailure) {
    this.period = period;
    this.round = round;
    this.onFailure = onFailure;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  /**
   * Starts.
   *
   * @param name of the thread
   * @param period from the end of one to the beginning of the next
   * @param onFailure run, once, if it cannot go on, on its thread: must not wait
   */
  public static Rounds start(String name, Duration period, Round round, Runnable onFailure) {
    Rounds rounds = new Rounds(name, period, round, onFailure);
    rounds.thread.start();
    return rounds;
  }

  private void run() {
    try {
      do {
        round.go();
      } while (!closing.await(period.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The boundary of the thread: said once, and whoever started it decides.
      LOG.atError().setCause(e).addKeyValue("thread", thread.getName()).log("cannot go on");
      onFailure.run();
    }
  }

  /** Interrupts what is being done, and waits for its end. */
  @Override
  public void close() {
    closing.countDown();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
