package courtside.ingestor.relay;

import java.util.Arrays;

/**
 * Whether a relay has begun to trickle: so few frames, against its own past, that one reconnection
 * is worth trying, though silence is never long enough for the heartbeat. Only time in which the
 * relay could send counts: between connections, while this process takes nothing, and while it
 * sleeps the time stands still.
 *
 * <p>The past is that of the relay, over its connections; what is judged is one connection alone.
 * The usual rate is the median over the last periods of such a length as is judged, rather than
 * their mean: a backlog that was read in one of them does not make the rest look slow.
 *
 * <p>Times are {@link System#nanoTime} values. Not thread-safe.
 */
final class Trickle {
  /** A low rate is seen within a sixth more than the time that it must last. */
  private static final int PARTS = 6;

  private final TrickleSettings settings;
  private final long width;
  private final int periods;

  /** Frames per part; the newest, which is not over, at {@code newest}. */
  private final int[] counts;

  private int newest;
  private long over;
  private long overHere;
  private long elapsed;
  private long last;
  private boolean due;
  private boolean forced;
  private long forcedAt;

  Trickle(TrickleSettings settings) {
    this.settings = settings;
    this.width = settings.lasting().toNanos() / PARTS;
    this.periods = (int) settings.usualOver().dividedBy(settings.lasting());
    this.counts = new int[(periods + 1) * PARTS + 1];
  }

  /** A connection begins. */
  void begin(long now) {
    last = now;
    elapsed = 0;
    counts[newest] = 0;
    overHere = 0;
    due = false;
  }

  /** A frame came. */
  void frame(long now) {
    pass(now);
    counts[newest]++;
  }

  /** The time until now was not the relay's to use. */
  void skip(long now) {
    last = now;
  }

  /** The time until now was the relay's to use. */
  void pass(long now) {
    long step = now - last;
    last = now;
    // Nobody looked for longer than anybody should: this process slept.
    if (step > 2 * width) {
      return;
    }
    elapsed += step;
    while (elapsed >= width) {
      elapsed -= width;
      newest = (newest + 1) % counts.length;
      counts[newest] = 0;
      over++;
      overHere++;
      due = true;
    }
  }

  /**
   * Looks at the rate.
   *
   * @return true if the connection should be made anew; not again before the least time between
   */
  boolean look(long now) {
    pass(now);
    if (!due) {
      return false;
    }
    due = false;
    // All that is looked back on must be there, and all that is judged must be this connection's.
    if (over < counts.length - 1 || overHere < PARTS) {
      return false;
    }
    // With the part that is not over: what has begun to flow again is no trickle any more.
    long recent = sum(0) + counts[newest];
    double seconds = settings.lasting().toNanos() / 1e9;
    if (recent >= settings.suspiciousBelow() * seconds
        || recent >= settings.fraction() * usual()
        || (forced && now - forcedAt < settings.between().toNanos())) {
      return false;
    }
    forced = true;
    forcedAt = now;
    return true;
  }

  /** When to look next; now or earlier where a frame came first and another part is over. */
  long nextLook() {
    return due ? last : last + (width - elapsed);
  }

  private double usual() {
    long[] sums = new long[periods];
    for (int period = 0; period < periods; period++) {
      sums[period] = sum(period + 1);
    }
    Arrays.sort(sums);
    return (sums[(periods - 1) / 2] + sums[periods / 2]) / 2.0;
  }

  /** Of one period; the last whole one is 0. */
  private long sum(int period) {
    long sum = 0;
    for (int part = 1; part <= PARTS; part++) {
      sum += counts[Math.floorMod(newest - period * PARTS - part, counts.length)];
    }
    return sum;
  }
}
