package courtside.ingestor.heartbeat;

import java.time.Duration;

/**
 * Judges one stream by the time since its last message. Each message beats; {@link #check} is
 * called when {@link #nextCheck} says so and answers what to do. Past three quarters of the timeout
 * the stream may be stalling; past the timeout a timeout is counted; at the greatest number of
 * consecutive timeouts, or past one and a half times the timeout, the stream is dead. By deadline
 * the first timeout is enough.
 *
 * <p>Times are {@link System#nanoTime} values, compared only by subtraction. Not thread-safe: guard
 * it, or give it to one thread.
 */
public final class HeartbeatMonitor {
  private static final double WARNING = 0.75;
  private static final double SEVERE = 1.5;

  private final HeartbeatSettings settings;
  private final long timeout;
  private final long warning;
  private final long severe;
  private long lastBeat;
  private long lastCheck;
  private int consecutiveTimeouts;
  private boolean warned;

  /** Begins to watch; now counts as a beat. */
  public HeartbeatMonitor(HeartbeatSettings settings, long now) {
    this.settings = settings;
    this.timeout = settings.timeout().toNanos();
    this.warning = (long) (timeout * WARNING);
    this.severe = (long) (timeout * SEVERE);
    this.lastBeat = now;
    this.lastCheck = now;
  }

  /** What a check found. */
  public sealed interface Verdict {
    /** Messages come. */
    record Alive() implements Verdict {}

    /** Silent for more than three quarters of the timeout; said once for each silence. */
    record MayBeStalling(Duration silence) implements Verdict {}

    /** Silent for more than the timeout, not yet often enough. */
    record TimedOut(Duration silence, int consecutive) implements Verdict {}

    /** Silent for too long: reconnect. */
    record Dead(Duration silence, int consecutive) implements Verdict {}
  }

  /**
   * A message came.
   *
   * @return how long the silence before it was, where that was more than the timeout; otherwise
   *     zero
   */
  public Duration beat(long now) {
    long silence = now - lastBeat;
    lastBeat = now;
    consecutiveTimeouts = 0;
    warned = false;
    return silence > timeout ? Duration.ofNanos(silence) : Duration.ZERO;
  }

  /** How long the stream has been silent. */
  public Duration silence(long now) {
    return Duration.ofNanos(now - lastBeat);
  }

  /** Looks at the stream. */
  public Verdict check(long now) {
    lastCheck = now;
    long silence = now - lastBeat;
    if (silence > timeout
        || (silence == timeout && settings.mode() == HeartbeatSettings.Mode.DEADLINE)) {
      consecutiveTimeouts++;
      boolean dead =
          settings.mode() == HeartbeatSettings.Mode.DEADLINE
              || silence > severe
              || consecutiveTimeouts >= settings.maxConsecutiveTimeouts();
      Duration length = Duration.ofNanos(silence);
      return dead
          ? new Verdict.Dead(length, consecutiveTimeouts)
          : new Verdict.TimedOut(length, consecutiveTimeouts);
    }
    if (silence > warning && !warned) {
      warned = true;
      return new Verdict.MayBeStalling(Duration.ofNanos(silence));
    }
    return new Verdict.Alive();
  }

  /** When to check next, as a {@link System#nanoTime} value; never before {@code now}. */
  public long nextCheck(long now) {
    long next =
        switch (settings.mode()) {
          case PERIODIC -> lastCheck + settings.checkPeriod().toNanos();
          case DEADLINE -> lastBeat + (warned ? timeout : Math.min(warning + 1, timeout));
        };
    return next - now > 0 ? next : now;
  }
}
