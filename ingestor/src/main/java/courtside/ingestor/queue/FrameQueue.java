package courtside.ingestor.queue;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Arrivals in order, bounded by bytes. A full queue holds the socket's thread, and so the relay, by
 * TCP; the silence that follows is ours. Once another connection is admitted, what is still here of
 * the one before is dropped; {@link #onceDrained} says when nothing would be. Many may put, one
 * takes. Thread-safe.
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

  /** Whether the taker is still busy with the frame that it took last. */
  private boolean busy;

  private @Nullable Runnable drained;

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

  /**
   * The next arrival, or null where none came within that many nanoseconds. Who asks has done with
   * the one before.
   */
  public @Nullable Arrival poll(long nanos) throws InterruptedException {
    long left = nanos;
    lock.lockInterruptibly();
    try {
      busy = false;
      tellIfDrained();
      while (arrivals.isEmpty()) {
        if (left <= 0) {
          return null;
        }
        left = notEmpty.awaitNanos(left);
      }
      Arrival next = arrivals.remove();
      if (next instanceof Arrival.Frame frame) {
        held -= cost(frame);
        busy = true;
        notFull.signalAll();
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /**
   * From now on only frames of this connection are taken; those of earlier ones are dropped.
   *
   * @param newGeneration of the connection, or {@link #NONE}
   */
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
      if (newGeneration == NONE) {
        // What the taker does with the last frame is of no matter to anybody any more.
        busy = false;
        tellIfDrained();
      }
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Has that run once, as soon as there is no frame here and the taker has done with the last: now,
   * if it is so, or when the taker asks for the next. It is run under this queue's lock and must
   * neither wait nor ask anything of it; a second one replaces the first.
   */
  public void onceDrained(Runnable then) {
    lock.lock();
    try {
      drained = then;
      tellIfDrained();
    } finally {
      lock.unlock();
    }
  }

  private void tellIfDrained() {
    Runnable then = drained;
    if (then != null && held == 0 && !busy) {
      drained = null;
      then.run();
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
