package courtside.testkit.relay;

import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.recording.Recording;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds the frames of a recording to a log at a pace, once, on a thread of its own. What the log
 * already had is passed over, so that after a restart it goes on where it stopped. Thread-safe.
 */
public final class Player implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Player.class);

  private final List<RecordedFrame> frames;
  private final FrameLog log;
  private final Pace pace;
  private final LongSupplier nanoTime;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock.
  private boolean closed;
  private boolean ended;
  private @Nullable IOException failure;

  private Player(List<RecordedFrame> frames, FrameLog log, Pace pace, LongSupplier nanoTime) {
    this.frames = frames;
    this.log = log;
    this.pace = pace;
    this.nanoTime = nanoTime;
    this.thread = Thread.ofPlatform().name("relay-player").daemon().unstarted(this::play);
  }

  /** Starts to play, on the system's monotonic clock. */
  public static Player start(Recording recording, FrameLog log, Pace pace) {
    return start(recording, log, pace, System::nanoTime);
  }

  /**
   * Starts to play.
   *
   * @param nanoTime the monotonic clock of the pace
   */
  public static Player start(Recording recording, FrameLog log, Pace pace, LongSupplier nanoTime) {
    long held = log.lastSeq();
    Player player =
        new Player(
            recording.frames().stream().filter(frame -> frame.seq() > held).toList(),
            log,
            pace,
            nanoTime);
    player.thread.start();
    return player;
  }

  /** Whether the last frame is in the log. */
  public boolean ended() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the last frame to be in the log.
   *
   * @return whether it is; false when the time is over, or the player was closed before
   * @throws IOException if the log could not be written
   */
  public boolean awaitEnd(Duration limit) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = limit.toNanos();
      while (!ended && !closed && failure == null && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (failure != null) {
        throw new IOException("the recording was not played to its end", failure);
      }
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** Stops playing. Nothing is appended once this returns, unless it was interrupted. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void play() {
    try {
      if (playAll()) {
        LOG.atInfo().addKeyValue("frames", frames.size()).log("recording played");
        finish(null);
      }
    } catch (IOException e) {
      LOG.atError().setCause(e).log("recording not played to its end");
      finish(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      finish(new IOException("the player was interrupted", e));
    } catch (RuntimeException e) {
      finish(new IOException("the player failed", e));
      throw e;
    }
  }

  private boolean playAll() throws IOException, InterruptedException {
    long start = nanoTime.getAsLong();
    long played = 0;
    for (RecordedFrame frame : frames) {
      Instant first = frames.getFirst().time();
      if (!awaitDue(start + pace.dueNanos(played, first, frame.time()))) {
        return false;
      }
      log.append(frame.seq(), frame.bytes().toArray());
      played++;
    }
    return true;
  }

  /** False where the player was closed. */
  private boolean awaitDue(long due) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed) {
        long left = due - nanoTime.getAsLong();
        if (left <= 0) {
          return true;
        }
        changed.awaitNanos(left);
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void finish(@Nullable IOException why) {
    lock.lock();
    try {
      failure = why;
      ended = why == null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
