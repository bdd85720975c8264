package courtside.processor.streams;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * Decides whether a thread that failed is replaced: three times in ten minutes, for what passes by
 * itself; then no more, as what fails again at the same record fails for ever. Thread-safe.
 */
public final class ThreadReplacement {
  private static final int MOST = 3;
  private static final Duration WINDOW = Duration.ofMinutes(10);

  private final LongSupplier nanoTime;
  private final Deque<Long> replaced = new ArrayDeque<>();

  public ThreadReplacement(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether the thread that failed now is replaced. */
  public synchronized boolean replace() {
    long now = nanoTime.getAsLong();
    while (!replaced.isEmpty() && now - replaced.peekFirst() >= WINDOW.toNanos()) {
      replaced.removeFirst();
    }
    if (replaced.size() >= MOST) {
      return false;
    }
    replaced.addLast(now);
    return true;
  }
}
