package courtside.feedapi;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A source of nanoseconds that stands until it is moved, and begins anywhere. Thread-safe. */
public final class ManualNanos implements LongSupplier {
  /** Close to where such numbers overflow. */
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);

  @Override
  public long getAsLong() {
    return now.get();
  }

  /** Moves it on. */
  public void advance(Duration by) {
    now.addAndGet(by.toNanos());
  }
}
