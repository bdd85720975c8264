package courtside.testkit.relay;

import courtside.testkit.relay.fault.Cue;
import courtside.testkit.relay.fault.Fault;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A fault that a relay was told to commit, and the proof that it did. Thread-safe.
 *
 * @see Relay#inject
 */
public final class Injection {
  private final Fault fault;
  private final Cue cue;
  private final long acceptedBefore;
  private final long shownBefore;
  private final Runnable lifted;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock.
  private long fired;
  private OptionalLong firstFiredNanos = OptionalLong.empty();
  private volatile boolean cancelled;

  /**
   * Makes one.
   *
   * @param acceptedBefore how many connections had been accepted
   * @param shownBefore how many frames had been shown
   * @param lifted called once it is cancelled
   */
  Injection(Fault fault, Cue cue, long acceptedBefore, long shownBefore, Runnable lifted) {
    this.fault = fault;
    this.cue = cue;
    this.acceptedBefore = acceptedBefore;
    this.shownBefore = shownBefore;
    this.lifted = lifted;
  }

  /** What is committed. */
  public Fault fault() {
    return fault;
  }

  /** When it is committed. */
  public Cue cue() {
    return cue;
  }

  /** On how many connections it was committed, from before its first byte or its silence. */
  public long fired() {
    lock.lock();
    try {
      return fired;
    } finally {
      lock.unlock();
    }
  }

  /** When it was first committed, on the relay's monotonic clock; empty where it was not yet. */
  public OptionalLong firstFiredNanos() {
    lock.lock();
    try {
      return firstFiredNanos;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until it has been committed this often.
   *
   * @return false when the time is over
   */
  public boolean awaitFired(long times, Duration limit) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = limit.toNanos();
      while (fired < times && left > 0) {
        left = changed.awaitNanos(left);
      }
      return fired >= times;
    } finally {
      lock.unlock();
    }
  }

  /** Commits it no more, and lifts it from the connections that it holds. */
  public void cancel() {
    cancelled = true;
    lifted.run();
  }

  /** Whether it was cancelled. */
  public boolean cancelled() {
    return cancelled;
  }

  void fire(long nanos) {
    lock.lock();
    try {
      if (fired++ == 0) {
        firstFiredNanos = OptionalLong.of(nanos);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether it is due on a connection.
   *
   * @param attempt the number of the connection
   * @param frames how many frames its stream has shown
   * @param shown how many all streams have shown
   */
  boolean isDue(long attempt, long frames, long shown) {
    return !cancelled
        && switch (cue.place()) {
          case NEXT_CONNECTION, EVERY_CONNECTION ->
              attempt > acceptedBefore && frames >= cue.frames();
          case ANY_STREAM -> shown - shownBefore >= cue.frames();
        };
  }
}
