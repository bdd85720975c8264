package courtside.ingestor.pump;

import java.util.concurrent.TimeUnit;

/**
 * How many frames may be read again because a numbering began anew while nobody read it. A relay
 * that goes to and fro between two numberings would otherwise have all of one read again at every
 * turn. What may not be read again is said to be lost. Outlives the writer. Confined to the pump's
 * thread.
 */
final class Rereading {
  private static final long MOST = 10_000_000;

  /** That is 8.6 million a day. */
  private static final long PER_SECOND = 100;

  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long most;
  private final double perSecond;
  private double left;
  private long last;

  /** Ten million frames, and a hundred more with every second, up to as many again. */
  Rereading(long now) {
    this(MOST, PER_SECOND, now);
  }

  /**
   * All that may be read again at once.
   *
   * @param most frames
   * @param perSecond how many are gained with time
   */
  Rereading(long most, long perSecond, long now) {
    this.most = most;
    this.perSecond = perSecond;
    this.left = most;
    this.last = now;
  }

  /** Whether so many may be read again now. */
  boolean allows(long frames, long now) {
    return frames <= left(now);
  }

  /** Whether all that a relay has may be read again now, which nobody knows before. */
  boolean allowsWhateverThereIs(long now) {
    return 2 * left(now) >= most;
  }

  /** One frame was read again. */
  void took(long now) {
    left = Math.max(0, left(now) - 1);
  }

  private double left(long now) {
    left = Math.min((double) most, left + perSecond * ((now - last) / SECOND));
    last = now;
    return left;
  }
}
