package courtside.ingestor.pump;

import java.util.concurrent.TimeUnit;

/**
 * How much goes into one transaction. Kafka has two seconds for a commit, and what it does not take
 * in that time is begun again from the cursor: so where it is slow, transactions have to be
 * smaller, or the same one would be sent over and over and nothing would ever be committed.
 * Outlives the writer that failed. Confined to the pump's thread.
 */
final class Portion {
  private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long LONG_NANOS = 3 * SHORT_NANOS;

  /** Where so few take long, it is not because of how many they are. */
  private static final int FEW = 32;

  /** Before anything is known of how quick Kafka is. */
  private static final int FIRST = 512;

  private final int most;
  private final long mostBytes;
  private int limit;
  private int taken;
  private long bytes;

  /**
   * Some 512 arrivals; more once these were taken quickly.
   *
   * @param most arrivals, at least 1
   * @param mostBytes of frames, but for the last one
   */
  Portion(int most, long mostBytes) {
    this.most = most;
    this.mostBytes = mostBytes;
    this.limit = Math.min(most, FIRST);
  }

  /** Another transaction. */
  void begin() {
    taken = 0;
    bytes = 0;
  }

  /** One arrival more, with so many bytes; says whether that was the last. */
  boolean fills(int length) {
    taken++;
    bytes += length;
    return taken >= limit || bytes >= mostBytes;
  }

  /** How many arrivals the next transaction holds at most. */
  int limit() {
    return limit;
  }

  /**
   * All of it was committed, in so long. What was not full says nothing of what more would take, as
   * there is always a little between two that are: after a failure it must not bring back what
   * failed.
   */
  void committed(long nanos) {
    if (nanos > LONG_NANOS) {
      limit = Math.max(part(2), Math.min(limit, FEW));
    } else if (taken >= limit) {
      limit = Math.min(most, nanos < SHORT_NANOS ? 2 * limit : limit + Math.max(1, limit / 4));
    }
  }

  /**
   * It was not committed, whatever the reason: if that was not its size, it soon grows again. A
   * failure costs a dial, so it is a large step.
   */
  void failed() {
    limit = part(4);
  }

  private int part(int of) {
    return Math.max(1, Math.min(limit, taken) / of);
  }
}
