package courtside.processor.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what passes, for metrics and for health. A batch that is processed again after a failure
 * counts again. Thread-safe.
 */
public final class Counts {
  private final MeterRegistry registry;
  private final Counter kept;
  private final LongAdder deadLetters = new LongAdder();
  private final LongAdder deadLettersNotKept = new LongAdder();
  private final Counter items;

  public Counts(MeterRegistry registry) {
    this.registry = registry;
    this.kept =
        Counter.builder("courtside.processor.posts.kept")
            .description("events written to posts")
            .register(registry);
    this.items =
        Counter.builder("courtside.processor.items.changed")
            .description("items written to feed.items, or taken out")
            .register(registry);
  }

  /** An event was written to {@code posts}. */
  public void kept() {
    kept.increment();
  }

  /** An item was written or taken out. */
  public void itemChanged() {
    items.increment();
  }

  /**
   * A record could not be used.
   *
   * @param reason from a closed set
   */
  public void deadLetter(String reason) {
    deadLetters.increment();
    Counter.builder("courtside.processor.dead.letters")
        .description("records that could not be used")
        .tag("reason", reason)
        .register(registry)
        .increment();
  }

  /**
   * A record that could not be used was not written to the dead letters either: there were too
   * many.
   *
   * @param stage from a closed set
   */
  public void deadLetterNotKept(String stage) {
    deadLettersNotKept.increment();
    Counter.builder("courtside.processor.dead.letters.not.kept")
        .description("records that could not be used, and are not in the dead letters")
        .tag("stage", stage)
        .register(registry)
        .increment();
  }

  /** Events written to {@code posts} since the start. */
  public double keptTotal() {
    return kept.count();
  }

  /** Items written or taken out since the start. */
  public double itemsChangedTotal() {
    return items.count();
  }

  /** Those of them that are not in the dead letters. */
  public double deadLettersNotKeptTotal() {
    return deadLettersNotKept.sum();
  }

  /** Records that could not be used since the start. */
  public double deadLettersTotal() {
    return deadLetters.sum();
  }
}
