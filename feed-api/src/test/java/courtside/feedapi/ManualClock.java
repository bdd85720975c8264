package courtside.feedapi;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands until it is moved. Thread-safe. */
public final class ManualClock implements InstantSource {
  private final AtomicReference<Instant> now;

  /** Begins at this time. */
  public ManualClock(Instant now) {
    this.now = new AtomicReference<>(now);
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  /** Moves it on. */
  public void advance(Duration by) {
    now.updateAndGet(instant -> instant.plus(by));
  }
}
