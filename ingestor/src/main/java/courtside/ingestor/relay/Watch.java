package courtside.ingestor.relay;

import courtside.ingestor.heartbeat.HeartbeatMonitor;
import courtside.ingestor.heartbeat.HeartbeatMonitor.Verdict;
import courtside.ingestor.heartbeat.MessageProgress;
import java.time.Duration;

/**
 * Watches one open connection: whole messages beat, bytes of an unfinished one hold off the
 * verdict, and while this process takes nothing the relay is not judged at all. Not thread-safe.
 */
final class Watch {
  private final RelaySettings settings;
  private final Trickle trickle;
  private final HeartbeatMonitor monitor;
  private final MessageProgress progress;
  private long nextPing;
  private long frames;
  private long firstFrame;
  private long lastFrame;
  private boolean holding;

  Watch(RelaySettings settings, Trickle trickle, long now) {
    this.settings = settings;
    this.trickle = trickle;
    this.monitor = new HeartbeatMonitor(settings.heartbeat(), now);
    this.progress = new MessageProgress(settings.progress());
    this.nextPing = now + settings.pingPeriod().toNanos();
    trickle.begin(now);
  }

  /**
   * A whole message came and is about to be handed on.
   *
   * @return the silence before it, where it is a late beat; otherwise zero
   */
  Duration received(long now) {
    if (progress.isUnderWay()) {
      // One message in a minute is no trickle where it takes a minute to come.
      trickle.skip(now);
    }
    trickle.frame(now);
    progress.finished();
    holding = true;
    if (frames == 0) {
      firstFrame = now;
    }
    frames++;
    lastFrame = now;
    return monitor.beat(now);
  }

  /** The message was handed on, however long that took; silence counts from now. */
  void taken(long now) {
    holding = false;
    trickle.skip(now);
    var _ = monitor.beat(now);
  }

  /** Bytes came of a message that is not finished. */
  void payload(int bytes, long now) {
    if (progress.isUnderWay()) {
      trickle.skip(now);
    } else {
      // Until it began the relay sent nothing.
      trickle.pass(now);
    }
    monitor.holdOff(progress.payload(bytes, now));
  }

  /** Whether data has flowed for long enough to show that the relay works. */
  boolean isStable() {
    return frames >= settings.stableFrames()
        || (frames > 0 && lastFrame - firstFrame >= settings.stableAfter().toNanos());
  }

  /** Whether a message is being handed on. */
  boolean isHolding() {
    return holding;
  }

  /** Zero while this process does not take what there is. */
  Duration silence(long now) {
    return holding ? Duration.ZERO : monitor.silence(now);
  }

  /** Looks, if it is time. */
  Verdict check(long now) {
    if (now - monitor.nextCheck(now) < 0) {
      return new Verdict.Alive();
    }
    if (holding) {
      var _ = monitor.beat(now);
    }
    Verdict verdict = monitor.check(now);
    if (verdict instanceof Verdict.Overslept) {
      trickle.skip(now);
    }
    return verdict;
  }

  /** Whether the relay has begun to trickle. */
  boolean trickles(long now) {
    if (holding) {
      trickle.skip(now);
      return false;
    }
    return now - trickle.nextLook() >= 0 && trickle.look(now);
  }

  /** Whether to write a ping now. */
  boolean pings(long now) {
    if (now - nextPing < 0) {
      return false;
    }
    nextPing = now + settings.pingPeriod().toNanos();
    return true;
  }

  /** When to look at all this again. */
  long nextDeadline(long now) {
    long next = monitor.nextCheck(now);
    next = nextPing - next < 0 ? nextPing : next;
    return !holding && trickle.nextLook() - next < 0 ? trickle.nextLook() : next;
  }
}
