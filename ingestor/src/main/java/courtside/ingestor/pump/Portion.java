package courtside.ingestor.pump;

import java.util.concurrent.TimeUnit;

/**
 * How much goes into one transaction. Kafka has two seconds for a commit, and what it does not take
 * in that time is begun again from the cursor: so where it is slow, transactions have to be
 * smaller, or the same one would be sent over and over and nothing would ever be committed.
 * Outlives the writer that failed. Confined to the pump's thread.
 */
final class Portion {
  private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long SHORT_NANOS = LONG_NANOS / 2;

  /** Where so few take long, it is not because of how many they are. */
  private static final int FEW = 32;

  private final int most;
  private int limit;
  private int taken;

  /**
   * As much as there may be.
   *
   * @param most arrivals, at least 1
   */
  Portion(int most) {
    this.most = most;
    this.limit = most;
  }

  /** Another transaction. */
  void begin() {
    taken = 0;
  }

  /** One arrival more; says whether that was the last. */
  boolean fills() {
    taken++;
    return taken >= limit;
  }

  /** How many arrivals the next transaction holds at most. */
  int limit() {
    return limit;
  }

  /** All of it was committed, in so long. */
  void committed(long nanos) {
    if (nanos > LONG_NANOS) {
      limit = Math.max(half(), Math.min(limit, FEW));
    } else {
      limit = Math.min(most, nanos < SHORT_NANOS ? 2 * limit : limit + 1);
    }
  }

  /** It was not committed, whatever the reason: if that was not its size, it soon grows again. */
  void failed() {
    limit = half();
  }

  private int half() {
    return Math.max(1, Math.min(limit, taken) / 2);
  }
}
