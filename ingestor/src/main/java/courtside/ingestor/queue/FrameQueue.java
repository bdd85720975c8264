package courtside.ingestor.queue;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Arrivals in order, bounded by bytes. A full queue holds the socket's thread, and so the relay, by
 * TCP; the silence that follows is ours. Frames of a connection that was given up are dropped: what
 * matters of them comes again. Thread-safe.
 */
public final class FrameQueue {
  /** The generation of no connection: with it no frame is taken. */
  public static final long NONE = 0;

  /** Beside their bytes, frames cost objects; this is what one counts for. */
  private static final int OVERHEAD = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition notFull = lock.newCondition();
  private final long capacity;

  // All guarded by lock.
  private final ArrayDeque<Arrival> arrivals = new ArrayDeque<>();
  private long held;
  private long generation;
  private int waiting;

  /**
   * An empty queue.
   *
   * @param capacity bytes; one frame more than this is taken when the queue is otherwise empty
   */
  public FrameQueue(long capacity) {
    this.capacity = capacity;
  }

  /**
   * Adds a frame, waiting while there is no room.
   *
   * @return false if its connection was given up meanwhile: nothing was added
   */
  public boolean put(Arrival.Frame frame) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      waiting++;
      try {
        while (frame.generation() == generation && held > 0 && held + cost(frame) > capacity) {
          notFull.await();
        }
      } finally {
        waiting--;
      }
      if (frame.generation() != generation) {
        return false;
      }
      arrivals.add(frame);
      held += cost(frame);
      notEmpty.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Adds a notice; there are few of them, so it never waits. */
  public void put(Arrival.Notice notice) {
    add(notice);
  }

  /** Adds what was seen of another relay; that is seldom, so it never waits. */
  public void put(Arrival.Observed observed) {
    add(observed);
  }

  private void add(Arrival arrival) {
    lock.lock();
    try {
      arrivals.add(arrival);
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The next arrival, or null where none came within that many nanoseconds. */
  public @Nullable Arrival poll(long nanos) throws InterruptedException {
    long left = nanos;
    lock.lockInterruptibly();
    try {
      while (arrivals.isEmpty()) {
        if (left <= 0) {
          return null;
        }
        left = notEmpty.awaitNanos(left);
      }
      Arrival next = arrivals.remove();
      if (next instanceof Arrival.Frame frame) {
        held -= cost(frame);
        notFull.signalAll();
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** From now on only frames of this connection are taken; those of earlier ones are dropped. */
  public void admitOnly(long newGeneration) {
    lock.lock();
    try {
      generation = newGeneration;
      arrivals.removeIf(
          arrival -> arrival instanceof Arrival.Frame frame && frame.generation() != newGeneration);
      held = 0;
      for (Arrival arrival : arrivals) {
        held += arrival instanceof Arrival.Frame frame ? cost(frame) : 0;
      }
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the socket's thread waits for room now. */
  public boolean isBlocked() {
    lock.lock();
    try {
      return waiting > 0 && held > 0;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes held. */
  public long held() {
    lock.lock();
    try {
      return held;
    } finally {
      lock.unlock();
    }
  }

  private static long cost(Arrival.Frame frame) {
    return (long) frame.bytes().length + OVERHEAD;
  }
}
