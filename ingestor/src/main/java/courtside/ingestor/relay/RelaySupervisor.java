package courtside.ingestor.relay;

import courtside.eventlog.firehose.Incident;
import courtside.ingestor.queue.Arrival;
import courtside.ingestor.queue.FrameQueue;
import courtside.ingestor.relay.Ending.Reason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Owns connecting: one thread that dials, watches, aborts, waits and dials again, for as long as
 * somebody wants to read. What to do is decided by {@link Supervision}; here are the thread, the
 * lock and the socket. Every socket is made and aborted by that one thread, so that there is never
 * more than one; frames of an earlier one are not taken any more. Thread-safe.
 */
public final class RelaySupervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RelaySupervisor.class);

  private final RelaySettings settings;
  private final FrameQueue queue;
  private final RelayMetrics metrics;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final Runnable onFailure;
  private final Thread thread;

  /**
   * What happened and is not acted upon, each as what finds out what to do. The socket's threads
   * add to it rather than take the lock: they may hold the library's own locks, which an abort
   * needs.
   */
  private final BlockingQueue<Event> inbox = new LinkedBlockingQueue<>();

  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private final Supervision supervision;
  private @Nullable Reading wanted;
  private boolean closing;

  // Only the supervisor's thread.
  private @Nullable Connection current;

  /** What the supervisor is doing. */
  public enum State {
    /** Nobody wants to read. */
    IDLE,
    DIALLING,
    CONNECTED,
    /** Waiting before the next dial, or for what the last connection brought to be taken. */
    BACKING_OFF,
  }

  /** Says where to go on. */
  public interface Cursor {
    /**
     * Asked before each dial, on the supervisor's thread; must not wait.
     *
     * @param generation of the connection that is dialled
     * @param rejections how many attempts in a row the relay has answered, but for one message, by
     *     nothing but a close or an HTTP error that says that the request is wrong; since reading
     *     began, or since it sent more
     * @return the last sequence number that is had, or absent for the live tip
     */
    OptionalLong ask(long generation, int rejections);
  }

  /** What somebody wants to read. */
  private record Reading(RelayAddress relay, Cursor cursor) {}

  /** What was dialled. */
  private record Connection(long generation, RelayConnection socket) {}

  /** Asked under the lock, on the supervisor's thread. */
  private interface Event {
    List<Action> actions(long now);
  }

  /**
   * What one look decided.
   *
   * @param wanted what to dial, if it is to be dialled
   * @param rejections see {@link Cursor}
   * @param pause nanoseconds to the next look, unless something happens
   */
  private record Decision(
      List<Action> actions, @Nullable Reading wanted, int rejections, OptionalLong pause) {}

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
    this.supervision = new Supervision(settings, random);
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
   * Reads that relay from now on, and nothing else: a connection that there is gets aborted first.
   * No frame of it is taken once this returns.
   *
   * @param cursor asked before each dial
   */
  public void read(RelayAddress relay, Cursor cursor) {
    lock.lock();
    try {
      wanted = new Reading(relay, cursor);
      queue.admitOnly(FrameQueue.NONE);
      hand(supervision.read(relay.name()));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads no more: when this returns no frame is taken any more, and the supervisor's thread is
   * aborting the socket.
   */
  public void stop() {
    lock.lock();
    try {
      wanted = null;
      queue.admitOnly(FrameQueue.NONE);
      hand(supervision.stop());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Aborts the connection, if there is one, and dials again after the usual wait.
   *
   * @return the generation of the connection that was dialled last. Whatever is dialled after it
   *     asks for its cursor after this call; whatever was dialled up to it may have asked before
   */
  public long reconnect(Ending why) {
    lock.lock();
    try {
      hand(supervision.reconnect(why));
      return supervision.generation();
    } finally {
      lock.unlock();
    }
  }

  /** Has the supervisor's thread do that, and then look at what is due. */
  private void hand(List<Action> actions) {
    inbox.add(_ -> actions);
  }

  /** What it is doing now. */
  public State state() {
    lock.lock();
    try {
      return supervision.state();
    } finally {
      lock.unlock();
    }
  }

  /** How the last connection, or attempt, ended; empty once there is a connection again. */
  public Optional<Ending> lastEnding() {
    lock.lock();
    try {
      return supervision.lastEnding();
    } finally {
      lock.unlock();
    }
  }

  /**
   * How long nothing has been heard of what is read, on whatever connection; zero while this
   * process does not take what the relay sends. Empty where nothing is read, or was ever heard.
   */
  public Optional<Duration> unheard() {
    lock.lock();
    try {
      return supervision.unheard(nanoTime.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  /** How long it is read without a pause; empty where nothing is. */
  public Optional<Duration> reading() {
    lock.lock();
    try {
      return supervision.reading(nanoTime.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  /**
   * How long the connection has been silent; zero where there is none, or while this process does
   * not take what the relay sends.
   */
  public Duration silence() {
    lock.lock();
    try {
      return supervision.silence(nanoTime.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  /** Whether it has a connection to that relay, or an attempt at one, that is not over yet. */
  public boolean isConnectedTo(RelayAddress relay) {
    lock.lock();
    try {
      return supervision.connectedTo().equals(Optional.of(relay.name()));
    } finally {
      lock.unlock();
    }
  }

  /**
   * How many attempts and connections to the relay that is read have ended since data last flowed
   * for long enough, or since another relay was read.
   */
  public int failedAttempts() {
    lock.lock();
    try {
      return supervision.failedAttempts();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      stop();
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
      Event event = null;
      while (!isClosing()) {
        Decision decision = decide(event);
        for (Action action : decision.actions()) {
          carryOut(action, decision);
        }
        event = await(decision.pause());
      }
      orderly = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("the supervisor cannot go on");
    } finally {
      Connection left = current;
      if (left != null) {
        left.socket().abort(new Ending(Reason.STOPPED, "this instance is stopping"));
      }
      if (!orderly) {
        // Nobody would dial any more, and nobody would notice: the process must not live on so.
        onFailure.run();
      }
    }
  }

  private boolean isClosing() {
    lock.lock();
    try {
      return closing;
    } finally {
      lock.unlock();
    }
  }

  /** What happened goes before what is due: after a long sleep the end may be here already. */
  private Decision decide(@Nullable Event first) {
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      List<Action> actions = new ArrayList<>();
      for (Event event = first == null ? inbox.poll() : first;
          event != null;
          event = inbox.poll()) {
        actions.addAll(event.actions(now));
      }
      for (Action due : supervision.tick(now)) {
        if (due instanceof Action.Dial(long generation)) {
          // From here on no frame of an earlier connection gets into the queue, and the cursor is
          // asked after that: what it does not cover comes again on the new one. That is little:
          // what the earlier one's thread held as it was given up.
          queue.admitOnly(generation);
        }
        actions.add(due);
      }
      OptionalLong deadline = supervision.nextDeadline(now);
      return new Decision(
          actions,
          wanted,
          supervision.rejections(),
          deadline.isPresent()
              ? OptionalLong.of(Math.max(deadline.getAsLong() - now, 0))
              : OptionalLong.empty());
    } finally {
      lock.unlock();
    }
  }

  /** The next thing that happens, or null once that time has passed. */
  private @Nullable Event await(OptionalLong nanos) throws InterruptedException {
    return nanos.isPresent() ? inbox.poll(nanos.getAsLong(), TimeUnit.NANOSECONDS) : inbox.take();
  }

  private void carryOut(Action action, Decision decision) {
    Connection connection = current;
    switch (action) {
      case Action.Dial(long generation) -> {
        Reading reading = decision.wanted();
        if (reading == null) {
          throw new IllegalStateException("nothing is dialled that nobody wants to read");
        }
        dial(generation, reading, decision.rejections());
      }
      case Action.Abort(long generation, Ending why) -> {
        if (connection != null && connection.generation() == generation) {
          connection.socket().abort(why);
        }
      }
      case Action.Ping(long generation) -> {
        if (connection != null && connection.generation() == generation) {
          connection.socket().ping();
        }
      }
      case Action.Warn(String relay, String message, Duration silence) ->
          warn(relay, message, silence);
      case Action.Ended ended -> tell(ended);
    }
  }

  private void dial(long generation, Reading reading, int rejections) {
    RelayAddress relay = reading.relay();
    OptionalLong cursor = reading.cursor().ask(generation, rejections);
    RelayConnection socket =
        RelayConnection.dial(
            relay.subscribe(cursor),
            settings.dialDeadline(),
            new Handler(generation, relay.name()));
    current = new Connection(generation, socket);
    var _ =
        socket
            .opened()
            .thenRun(() -> {
              LOG.atInfo()
                  .addKeyValue("relay", relay.name())
                  .addKeyValue("cursor", cursor.isPresent() ? cursor.getAsLong() : "live")
                  .log("connected");
              inbox.add(now -> {
                supervision.opened(generation, now);
                return List.of();
              });
            });
    var _ =
        socket
            .ended()
            .thenAccept(ending ->
                inbox.add(now -> {
                  current = null;
                  List<Action> actions =
                      supervision.ended(
                          generation, ending, socket.retryAfter(clock.instant()), now);
                  queue.onceDrained(() -> drained(generation));
                  return actions;
                }));
  }

  private void drained(long generation) {
    inbox.add(_ -> {
      supervision.drained(generation);
      return List.of();
    });
  }

  private void tell(Action.Ended ended) {
    Ending ending = ended.ending();
    metrics.connectionEnded(ending.reason());
    LOG.atLevel(ended.again() ? Level.DEBUG : Level.WARN)
        .addKeyValue("relay", ended.relay())
        .addKeyValue("reason", ending.reason())
        .addKeyValue("detail", ending.detail())
        .addKeyValue("delay_ms", ended.delay().toMillis())
        .log("not connected, dialling again");
    if (ended.wasOpen()) {
      queue.put(
          new Arrival.Notice(
              new Incident(
                  ending.reason() == Reason.STALLED ? Incident.Kind.STALL : Incident.Kind.RECONNECT,
                  ended.relay(),
                  clock.instant(),
                  OptionalLong.empty(),
                  OptionalLong.empty(),
                  ending.detail(),
                  "aborted the socket and dialled again from the cursor")));
    }
  }

  private static void warn(String relay, String message, Duration silence) {
    LOG.atWarn()
        .addKeyValue("relay", relay)
        .addKeyValue("silence_ms", silence.toMillis())
        .log(message);
  }

  /** Takes what one connection brings, on the socket's thread. */
  private final class Handler implements RelayConnection.DataHandler {
    private final long generation;
    private final String relay;

    Handler(long generation, String relay) {
      this.generation = generation;
      this.relay = relay;
    }

    @Override
    public void onData(byte[] message) {
      Duration late;
      lock.lock();
      try {
        late = supervision.received(generation, nanoTime.getAsLong());
      } finally {
        lock.unlock();
      }
      if (late.isPositive()) {
        warn(relay, "a late beat, counting anew", late);
      }
      metrics.received(message.length);
      try {
        queue.put(new Arrival.Frame(generation, message, clock.instant()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        // The frame is not had, so nothing after it may be: from the cursor it all comes again.
        var _ = reconnect(new Ending(Reason.BROKEN, "reading was interrupted"));
      }
      happened(now -> supervision.taken(generation, now));
    }

    @Override
    public void onPayload(int bytes) {
      happened(now -> supervision.payload(generation, bytes, now));
    }

    @Override
    public void onText() {
      metrics.textMessage();
    }

    private void happened(LongConsumer event) {
      lock.lock();
      try {
        event.accept(nanoTime.getAsLong());
      } finally {
        lock.unlock();
      }
    }
  }
}
