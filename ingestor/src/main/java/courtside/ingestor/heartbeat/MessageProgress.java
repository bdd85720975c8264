package courtside.ingestor.heartbeat;

import java.time.Duration;

/**
 * How long the message that is on its way holds off the verdict. Its bytes buy time at the least
 * rate that is accepted, up to one window ahead: while they come at that rate or faster the verdict
 * is held off, and a message that went faster may pause for as long as it was ahead, at most a
 * window. Past its longest time a message holds off nothing. Only the payload of data messages may
 * be told here: with pings a peer could hold off the verdict for ever.
 *
 * <p>Times are {@link System#nanoTime} values. Not thread-safe: guard it, or give it to one thread.
 */
public final class MessageProgress {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final long leastBytesPerSecond;
  private final long window;
  private final long longest;
  private boolean underWay;
  private long begun;
  private long paidUntil;

  /** No message is on its way. */
  public MessageProgress(ProgressSettings settings) {
    this.leastBytesPerSecond = settings.leastBytesPerSecond();
    this.window = settings.window().toNanos();
    this.longest = settings.longest().toNanos();
  }

  /**
   * So many bytes came of a message that is not finished.
   *
   * @return until when they hold off the verdict; not after {@code now} where they do not
   * @throws IllegalArgumentException if there are fewer than none
   */
  public long payload(int bytes, long now) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes must not be negative, but are " + bytes);
    }
    if (!underWay) {
      underWay = true;
      begun = now;
      paidUntil = now;
    }
    long bought = Math.min(bytes * SECOND / leastBytesPerSecond, window);
    long from = paidUntil - now > 0 ? paidUntil : now;
    paidUntil = earlier(from + bought, now + window);
    return earlier(paidUntil, begun + longest);
  }

  /** The message is whole, which is a beat; the next bytes begin another. */
  public void finished() {
    underWay = false;
  }

  /** Whether a message has begun and not ended. */
  public boolean isUnderWay() {
    return underWay;
  }

  private static long earlier(long one, long other) {
    return one - other < 0 ? one : other;
  }
}
