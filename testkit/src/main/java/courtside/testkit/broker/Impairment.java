package courtside.testkit.broker;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.protocol.Errors;

/**
 * A fault that is in force until it is lifted, and the proof that it had an effect. Thread-safe.
 *
 * @see BrokerProxy#impair
 */
public final class Impairment implements AutoCloseable {
  private final LinkFault fault;
  private final Runnable onLift;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private int fired;
  private boolean lifted;
  private boolean taken;
  private Optional<Errors> answer = Optional.empty();
  private long roadFreeNanos = System.nanoTime();

  Impairment(LinkFault fault, Runnable onLift) {
    this.fault = fault;
    this.onLift = onLift;
  }

  /** What is wrong. */
  public LinkFault fault() {
    return fault;
  }

  /** How many pieces, connections or requests it has met. */
  public int fired() {
    lock.lock();
    try {
      return fired;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until it has fired that often, that long at most; says whether it has. */
  public boolean awaitFired(int times, Duration most) throws InterruptedException {
    lock.lock();
    try {
      long left = most.toNanos();
      while (fired < times) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits, that long at most, until the broker has answered the request of a {@link
   * LinkFault.AtRequest}; says how.
   */
  public Optional<Errors> awaitAnswer(Duration most) throws InterruptedException {
    lock.lock();
    try {
      long left = most.toNanos();
      while (answer.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
      return answer;
    } finally {
      lock.unlock();
    }
  }

  void fire() {
    lock.lock();
    try {
      fired++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void answered(Errors found) {
    lock.lock();
    try {
      answer = Optional.of(found);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether this is the one request that it is for. */
  boolean take() {
    lock.lock();
    try {
      boolean first = !taken && !lifted;
      taken = true;
      return first;
    } finally {
      lock.unlock();
    }
  }

  void awaitLifted() throws InterruptedException {
    lock.lock();
    try {
      while (!lifted) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until so many bytes may go, one after the other whichever connection they are of. */
  void awaitRoad(long bytes, long bytesPerSecond) throws InterruptedException {
    long left;
    lock.lock();
    try {
      long now = System.nanoTime();
      long from = Math.max(now, roadFreeNanos);
      roadFreeNanos = from + bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
      left = roadFreeNanos - now;
      while (left > 0 && !lifted) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Puts it right. */
  @Override
  public void close() {
    onLift.run();
    lock.lock();
    try {
      lifted = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
