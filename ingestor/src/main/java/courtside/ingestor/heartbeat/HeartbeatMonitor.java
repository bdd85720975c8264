package courtside.ingestor.heartbeat;

import java.time.Duration;

/**
 * Judges one stream by the time since its last message. Each message beats; {@link #check} is
 * called when {@link #nextCheck} says so and answers what to do. Past three quarters of the timeout
 * the stream may be stalling; past the timeout a timeout is counted; at the greatest number of
 * consecutive timeouts, or past one and a half times the timeout, the stream is dead. By deadline
 * the first timeout is enough.
 *
 * <p>Times are {@link System#nanoTime} values, compared only by subtraction, and must not run
 * backwards. Not thread-safe: guard it, or give it to one thread.
 */
public final class HeartbeatMonitor {
  private static final double WARNING = 0.75;
  private static final double SEVERE = 1.5;

  private final HeartbeatSettings settings;
  private final long timeout;
  private final long warning;
  private final long severe;
  private final long period;
  private long lastBeat;
  private long lastCheck;
  private long due;
  private long heldUntil;
  private int consecutiveTimeouts;
  private boolean warned;

  /** The last check found a verdict held off. */
  private boolean deferred;

  /** Begins to watch; now counts as a beat. */
  public HeartbeatMonitor(HeartbeatSettings settings, long now) {
    this.settings = settings;
    this.timeout = settings.timeout().toNanos();
    this.warning = (long) (timeout * WARNING);
    this.severe = (long) (timeout * SEVERE);
    this.period = settings.longestLook().toNanos();
    this.lastBeat = now;
    this.lastCheck = now;
    this.due = now + period;
    this.heldUntil = now;
  }

  /** What a check found. */
  public sealed interface Verdict {
    /** Messages come, or the verdict is held off. */
    record Alive() implements Verdict {}

    /** Silent for more than three quarters of the timeout; said once for each silence. */
    record MayBeStalling(Duration silence) implements Verdict {}

    /** Silent for more than the timeout, not yet often enough. */
    record TimedOut(Duration silence, int consecutive) implements Verdict {}

    /** Silent, but the watcher slept for so long: one more period is granted. */
    record Overslept(Duration pause) implements Verdict {}

    /** Silent for too long: reconnect. */
    record Dead(Duration silence, int consecutive) implements Verdict {}
  }

  /**
   * A message came.
   *
   * @return how long the silence before it was, where that was more than the timeout: a late beat;
   *     otherwise zero
   */
  public Duration beat(long now) {
    long silence = now - lastBeat;
    lastBeat = now;
    heldUntil = now;
    consecutiveTimeouts = 0;
    warned = false;
    deferred = false;
    return silence > timeout ? Duration.ofNanos(silence) : Duration.ZERO;
  }

  /**
   * No verdict before that time, unless a beat makes it needless: a message is on its way.
   *
   * @param until what {@link MessageProgress#payload} answered
   */
  public void holdOff(long until) {
    if (until - heldUntil > 0) {
      heldUntil = until;
    }
  }

  /** How long the stream has been silent. */
  public Duration silence(long now) {
    return Duration.ofNanos(now - lastBeat);
  }

  /** Looks at the stream. */
  public Verdict check(long now) {
    long pause = now - lastCheck;
    lastCheck = now;
    if (now - due >= 0) {
      // On a fixed grid: checks that come late must not add up to a late verdict.
      due = now - due < period ? due + period : now + period;
    }
    long silence = now - lastBeat;
    if (pause > 2 * period && silence > warning) {
      holdOff(now + period);
      return new Verdict.Overslept(Duration.ofNanos(pause));
    }
    deferred = now - heldUntil < 0;
    if (deferred) {
      return new Verdict.Alive();
    }
    if (isTimeout(silence)) {
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

  /** By deadline, the look comes at the timeout itself and must find it. */
  private boolean isTimeout(long silence) {
    return settings.mode() == HeartbeatSettings.Mode.DEADLINE
        ? silence >= timeout
        : silence > timeout;
  }

  /** When to check next, as a {@link System#nanoTime} value; never before {@code now}. */
  public long nextCheck(long now) {
    long next =
        switch (settings.mode()) {
          // A drip that always comes just before a check must not save the stream until the next.
          case PERIODIC -> deferred ? earlier(due, heldUntil) : due;
          case DEADLINE -> earlier(lastCheck + period, deadline());
        };
    return next - now > 0 ? next : now;
  }

  private long deadline() {
    long point = lastBeat + (warned ? timeout : Math.min(warning + 1, timeout));
    return heldUntil - point > 0 ? heldUntil : point;
  }

  private static long earlier(long one, long other) {
    return one - other < 0 ? one : other;
  }
}
