package courtside.testkit.relay;

import courtside.testkit.recording.Recording;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays programmes to a log, one after the other, each once and to its end, on a thread of its own.
 * Thread-safe.
 */
public final class Player implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Player.class);

  private final List<Programme> programmes;
  private final FrameLog log;
  private final LongSupplier nanoTime;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock.
  private boolean closed;
  private boolean ended;
  private @Nullable IOException failure;

  private Player(List<Programme> programmes, FrameLog log, LongSupplier nanoTime) {
    this.programmes = List.copyOf(programmes);
    this.log = log;
    this.nanoTime = nanoTime;
    this.thread = Thread.ofPlatform().name("relay-player").daemon().unstarted(this::play);
  }

  /**
   * Starts to play what of a recording comes after the log's last frame, on the system's monotonic
   * clock.
   */
  public static Player start(Recording recording, FrameLog log, Pace pace) {
    return start(recording, log, pace, System::nanoTime);
  }

  /**
   * Starts to play what of a recording comes after the log's last frame.
   *
   * @param nanoTime the monotonic clock of the pace
   */
  public static Player start(Recording recording, FrameLog log, Pace pace, LongSupplier nanoTime) {
    return start(List.of(new RecordedProgramme(recording, log.lastSeq(), pace)), log, nanoTime);
  }

  /**
   * Starts to play.
   *
   * @param programmes in this order; each begins when the one before has ended
   * @param nanoTime the monotonic clock by which they are due
   */
  public static Player start(List<Programme> programmes, FrameLog log, LongSupplier nanoTime) {
    Player player = new Player(programmes, log, nanoTime);
    player.thread.start();
    return player;
  }

  /** Whether all programmes have ended. */
  public boolean ended() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** Why it could not play on; empty while it can, or where it was closed. */
  public Optional<IOException> failure() {
    lock.lock();
    try {
      return Optional.ofNullable(failure);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the end of the last programme.
   *
   * @return whether it has come; false when the time is over, or the player was closed before
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
        throw new IOException("not everything was played", failure);
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
      for (Programme programme : programmes) {
        if (!play(programme)) {
          return;
        }
        LOG.atInfo().addKeyValue("programme", programme).log("played to its end");
      }
      finish(null);
    } catch (IOException e) {
      LOG.atError().setCause(e).log("not everything was played");
      finish(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      finish(new IOException("the player was interrupted", e));
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("not everything was played");
      finish(new IOException("the player failed", e));
    }
  }

  /** False where the player was closed before its end. */
  private boolean play(Programme programme) throws IOException, InterruptedException {
    long start = nanoTime.getAsLong();
    while (true) {
      OptionalLong due = programme.nextDueNanos(nanoTime.getAsLong() - start);
      if (due.isEmpty()) {
        return true;
      }
      if (!awaitDue(start + due.getAsLong())) {
        return false;
      }
      programme.playNext(log);
    }
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
