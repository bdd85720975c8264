package courtside.ingestor.relay;

import courtside.eventlog.firehose.Incident;
import courtside.ingestor.heartbeat.HeartbeatMonitor;
import courtside.ingestor.heartbeat.HeartbeatMonitor.Verdict;
import courtside.ingestor.queue.Arrival;
import courtside.ingestor.queue.FrameQueue;
import courtside.ingestor.relay.Ending.Reason;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns connecting: one thread that dials, watches, aborts, waits and dials again, for as long as
 * somebody wants to read. Never more than one connection: the next is dialled when the one before
 * has ended, and frames of an earlier one are not taken any more. Thread-safe.
 */
public final class RelaySupervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RelaySupervisor.class);

  private final RelaySettings settings;
  private final FrameQueue queue;
  private final RelayMetrics metrics;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final Backoff backoff;
  private final Runnable onFailure;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private @Nullable Supplier<OptionalLong> reader;
  private long readers;
  private long generation;
  private @Nullable RelayConnection current;
  private @Nullable HeartbeatMonitor monitor;
  private State state = State.IDLE;
  private boolean closing;
  private @Nullable Ending lastEnding;

  /** What the supervisor is doing. */
  public enum State {
    /** Nobody wants to read. */
    IDLE,
    DIALLING,
    CONNECTED,
    /** Waiting before the next dial. */
    BACKING_OFF,
  }

  private RelaySupervisor(
      RelaySettings settings,
      FrameQueue queue,
      RelayMetrics metrics,
      LongSupplier nanoTime,
      InstantSource clock,
      RandomGenerator random,
      Runnable onFailure) {
    this.settings = settings;
    this.queue = queue;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.backoff = new Backoff(settings.firstDelay(), settings.longestDelay(), random);
    this.onFailure = onFailure;
    this.thread = Thread.ofPlatform().name("supervisor").unstarted(this::run);
  }

  /**
   * Starts the supervisor; it dials once somebody {@link #read reads}.
   *
   * @param onFailure run if it cannot go on, on its thread: must not wait
   */
  public static RelaySupervisor start(
      RelaySettings settings,
      FrameQueue queue,
      RelayMetrics metrics,
      LongSupplier nanoTime,
      InstantSource clock,
      RandomGenerator random,
      Runnable onFailure) {
    RelaySupervisor supervisor =
        new RelaySupervisor(settings, queue, metrics, nanoTime, clock, random, onFailure);
    supervisor.thread.start();
    return supervisor;
  }

  /**
   * Reads from now on.
   *
   * @param cursor asked before each dial: the last sequence number that is had, or absent for the
   *     live tip
   */
  public void read(Supplier<OptionalLong> cursor) {
    lock.lock();
    try {
      reader = cursor;
      readers++;
      queue.admitOnly(FrameQueue.NONE);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads no more: when this returns the socket is aborted, or will be as soon as it is made, and
   * no frame of it is taken.
   */
  public void stop() {
    lock.lock();
    try {
      reader = null;
      readers++;
      queue.admitOnly(FrameQueue.NONE);
      abortCurrent(new Ending(Reason.STOPPED, "this instance stopped reading"));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Aborts the connection, if there is one, and dials again after the usual wait. */
  public void reconnect(Ending why) {
    lock.lock();
    try {
      abortCurrent(why);
    } finally {
      lock.unlock();
    }
  }

  /** What it is doing now. */
  public State state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  /** How the last connection, or attempt, ended; empty once there is a connection again. */
  public Optional<Ending> lastEnding() {
    lock.lock();
    try {
      return Optional.ofNullable(lastEnding);
    } finally {
      lock.unlock();
    }
  }

  /** How long the connection has been silent; zero where there is none. */
  public Duration silence() {
    lock.lock();
    try {
      HeartbeatMonitor watched = monitor;
      return watched == null ? Duration.ZERO : watched.silence(nanoTime.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      reader = null;
      abortCurrent(new Ending(Reason.STOPPED, "this instance is stopping"));
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

  private void run() {
    boolean orderly = false;
    try {
      while (true) {
        Turn turn = awaitReader();
        if (turn == null) {
          orderly = true;
          return;
        }
        Ending ending = connect(turn);
        afterwards(turn, ending);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("the supervisor cannot go on");
    } finally {
      if (!orderly) {
        // Nobody would dial any more, and nobody would notice: the process must not live on so.
        onFailure.run();
      }
    }
  }

  /** One wish to read; a later one makes it stale. */
  private record Turn(Supplier<OptionalLong> cursor, long number) {}

  private @Nullable Turn awaitReader() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        if (closing) {
          return null;
        }
        Supplier<OptionalLong> wanted = reader;
        if (wanted != null) {
          state = State.DIALLING;
          return new Turn(wanted, readers);
        }
        state = State.IDLE;
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private Ending connect(Turn turn) throws InterruptedException {
    long mine = nextGeneration(turn);
    OptionalLong cursor = turn.cursor().get();
    URI uri = settings.relay().subscribe(cursor);
    Watch watch = new Watch(mine);
    RelayConnection connection = RelayConnection.dial(uri, settings.dialDeadline(), watch);
    if (!adopt(turn, connection)) {
      connection.abort(new Ending(Reason.STOPPED, "this instance stopped reading"));
    }
    try {
      Ending failed = awaitOpen(connection);
      if (failed != null) {
        return failed;
      }
      LOG.atInfo()
          .addKeyValue("relay", settings.relay().name())
          .addKeyValue("cursor", cursor.isPresent() ? cursor.getAsLong() : "live")
          .log("connected");
      watch.opened();
      return watch.until(connection);
    } finally {
      release();
    }
  }

  /**
   * From here on no frame of an earlier connection gets into the queue, and the cursor is asked
   * after that: what it does not cover comes again on the new one.
   */
  private long nextGeneration(Turn turn) {
    lock.lock();
    try {
      generation++;
      if (readers == turn.number()) {
        queue.admitOnly(generation);
      }
      return generation;
    } finally {
      lock.unlock();
    }
  }

  private boolean adopt(Turn turn, RelayConnection connection) {
    lock.lock();
    try {
      current = connection;
      return readers == turn.number() && !closing;
    } finally {
      lock.unlock();
    }
  }

  private void release() {
    lock.lock();
    try {
      current = null;
      monitor = null;
    } finally {
      lock.unlock();
    }
  }

  /** Null when it is open. */
  private @Nullable Ending awaitOpen(RelayConnection connection) throws InterruptedException {
    Ending late =
        new Ending(
            Reason.DIAL_TIMEOUT,
            "no connection within " + settings.dialDeadline().toSeconds() + " s");
    try {
      CompletableFuture.anyOf(connection.opened(), connection.ended())
          .get(settings.dialDeadline().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      connection.abort(late);
    } catch (ExecutionException e) {
      throw new IllegalStateException("neither future is ever failed", e);
    }
    return connection.opened().isDone() && !connection.ended().isDone()
        ? null
        : connection.ended().getNow(late);
  }

  private void afterwards(Turn turn, Ending ending) throws InterruptedException {
    if (ending.reason() == Reason.STOPPED) {
      return;
    }
    metrics.connectionEnded(ending.reason());
    lock.lockInterruptibly();
    try {
      Duration wait = ending.asksForPatience() ? settings.longestDelay() : backoff.next();
      boolean said = ending.equals(lastEnding);
      lastEnding = ending;
      LOG.atLevel(said ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.WARN)
          .addKeyValue("relay", settings.relay().name())
          .addKeyValue("reason", ending.reason())
          .addKeyValue("detail", ending.detail())
          .addKeyValue("delay_ms", wait.toMillis())
          .log("not connected, dialling again");
      state = State.BACKING_OFF;
      long left = wait.toNanos();
      while (left > 0 && readers == turn.number() && !closing) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private void abortCurrent(Ending why) {
    RelayConnection connection = current;
    if (connection != null) {
      connection.abort(why);
    }
  }

  /** Watches one connection; data comes on the socket's thread, the rest on the supervisor's. */
  private final class Watch implements RelayConnection.DataHandler {
    private final long mine;
    private long openedAt;
    private long nextPing;

    // Guarded by lock.
    private long frames;
    private long lastBeat;

    Watch(long mine) {
      this.mine = mine;
    }

    void opened() {
      lock.lock();
      try {
        openedAt = nanoTime.getAsLong();
        nextPing = openedAt + settings.pingPeriod().toNanos();
        lastBeat = frames == 0 ? openedAt : lastBeat;
        // Frames may have come before this thread got here.
        monitor = new HeartbeatMonitor(settings.heartbeat(), lastBeat);
        state = State.CONNECTED;
        lastEnding = null;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onData(byte[] message) {
      beat();
      metrics.received(message.length);
      try {
        queue.put(new Arrival.Frame(mine, message, clock.instant()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        // The frame is not had, so nothing after it may be: from the cursor it all comes again.
        reconnect(new Ending(Reason.BROKEN, "reading was interrupted"));
      }
    }

    @Override
    public void onText() {
      metrics.textMessage();
    }

    private void beat() {
      lock.lock();
      try {
        frames++;
        lastBeat = nanoTime.getAsLong();
        HeartbeatMonitor watched = monitor;
        if (watched != null && mine == generation) {
          Duration late = watched.beat(lastBeat);
          if (!late.isZero()) {
            LOG.atWarn()
                .addKeyValue("relay", settings.relay().name())
                .addKeyValue("silence_ms", late.toMillis())
                .log("a late beat, counting anew");
          }
        }
      } finally {
        lock.unlock();
      }
    }

    Ending until(RelayConnection connection) throws InterruptedException {
      while (true) {
        long now = nanoTime.getAsLong();
        if (now - nextPing >= 0) {
          connection.ping();
          nextPing = now + settings.pingPeriod().toNanos();
        }
        Ending stalled = check(now);
        if (stalled != null) {
          connection.abort(stalled);
        }
        long wait = Math.min(nextCheck(now) - now, nextPing - now);
        try {
          Ending ending = connection.ended().get(Math.max(wait, 0), TimeUnit.NANOSECONDS);
          judge(ending);
          return ending;
        } catch (TimeoutException e) {
          // Time for the next look.
        } catch (ExecutionException e) {
          throw new IllegalStateException("the future is never failed", e);
        }
      }
    }

    private long nextCheck(long now) {
      lock.lock();
      try {
        HeartbeatMonitor watched = monitor;
        return watched == null ? now : watched.nextCheck(now);
      } finally {
        lock.unlock();
      }
    }

    /** The ending to abort with, or null. */
    private @Nullable Ending check(long now) {
      lock.lock();
      try {
        HeartbeatMonitor watched = monitor;
        if (watched == null || now - watched.nextCheck(now) < 0) {
          return null;
        }
        if (queue.isBlocked()) {
          // The relay is not silent: this process does not take what it sends.
          watched.beat(now);
          return null;
        }
        return switch (watched.check(now)) {
          case Verdict.Alive() -> null;
          case Verdict.MayBeStalling(Duration silence) -> {
            warn("the connection may be stalling", silence);
            yield null;
          }
          case Verdict.TimedOut(Duration silence, int _) -> {
            warn("no frame within the timeout", silence);
            yield null;
          }
          case Verdict.Overslept(Duration pause) -> {
            warn("this process slept, waiting once more before a verdict", pause);
            yield null;
          }
          case Verdict.Dead(Duration silence, int _) -> {
            warn("the connection is silent, reconnecting", silence);
            yield new Ending(
                Reason.STALLED, "no frame for " + silence.toMillis() + " ms on an open socket");
          }
        };
      } finally {
        lock.unlock();
      }
    }

    private void warn(String message, Duration silence) {
      LOG.atWarn()
          .addKeyValue("relay", settings.relay().name())
          .addKeyValue("silence_ms", silence.toMillis())
          .log(message);
    }

    /** After the end: what the log should say, and whether this connection was a good one. */
    private void judge(Ending ending) {
      lock.lock();
      try {
        if (frames >= RelaySettings.STABLE_FRAMES
            || lastBeat - openedAt >= settings.stableAfter().toNanos()) {
          backoff.reset();
        }
      } finally {
        lock.unlock();
      }
      if (ending.reason() != Reason.STOPPED) {
        queue.put(
            new Arrival.Notice(
                new Incident(
                    ending.reason() == Reason.STALLED
                        ? Incident.Kind.STALL
                        : Incident.Kind.RECONNECT,
                    settings.relay().name(),
                    clock.instant(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    ending.detail(),
                    "aborted the socket and dialled again from the cursor")));
      }
    }
  }
}
