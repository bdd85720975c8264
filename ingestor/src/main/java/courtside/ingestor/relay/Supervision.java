package courtside.ingestor.relay;

import courtside.ingestor.heartbeat.HeartbeatMonitor.Verdict;
import courtside.ingestor.relay.Ending.Reason;
import courtside.ingestor.relay.RelaySupervisor.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What to do about the connection, decided from what happened and when, with no thread, lock, clock
 * or socket. Events come in with the time, {@link Action}s go out; whoever owns this carries them
 * out, and calls {@link #tick} when {@link #nextDeadline} says so, and after every other event.
 *
 * <p>There is one connection at most: the next is dialled once the end of the one before was told,
 * and all that it brought was taken. Each has a number of its own, its generation, and what comes
 * of another than the present one is of no effect.
 *
 * <p>Times are {@link System#nanoTime} values and must not run backwards. Not thread-safe.
 */
final class Supervision {
  private final RelaySettings settings;
  private final RandomGenerator random;

  /** By the relay's name. The names come from our own settings, so there are few. */
  private final Map<String, Course> courses = new HashMap<>();

  private Phase phase = Phase.NONE;
  private long generation;

  /** What is to be read; null where nothing is. */
  private @Nullable Course wanted;

  /** What was to be read last. */
  private @Nullable Course reading;

  /** What was dialled last. */
  private @Nullable Course course;

  private @Nullable Watch watch;
  private long dialledAt;

  /** When the last message was taken; empty before the first. */
  private OptionalLong heardAt = OptionalLong.empty();

  /** When reading began; empty where nothing is read. */
  private OptionalLong begunAt = OptionalLong.empty();

  private boolean wasOpen;

  /** Messages of the connection, counted as far as it matters. */
  private int messages;

  private boolean unwanted;

  /** Whether what the last connection brought is still being taken. */
  private boolean undrained;

  private @Nullable Ending lastEnding;

  private enum Phase {
    NONE,
    DIALLING,
    OPEN,
    /** Aborted; its end was not told yet. */
    ENDING,
  }

  /** What is remembered of a relay from one connection to the next. */
  private static final class Course {
    private final String relay;
    private final Backoff backoff;
    private final Trickle trickle;
    private boolean waits;
    private long dialAt;
    private int failedAttempts;
    private int rejections;

    Course(String relay, RelaySettings settings, RandomGenerator random) {
      this.relay = relay;
      backoff = new Backoff(settings.firstDelay(), settings.longestDelay(), random);
      trickle = new Trickle(settings.trickle());
    }
  }

  Supervision(RelaySettings settings, RandomGenerator random) {
    this.settings = settings;
    this.random = random;
  }

  /**
   * A relay is to be read, from where its reader says: a connection that there is reads something
   * else and is given up. What that relay is still waited for is waited for all the same.
   */
  List<Action> read(String relay) {
    Course next = courses.computeIfAbsent(relay, name -> new Course(name, settings, random));
    if (!next.equals(reading)) {
      // Failing over is decided on what this relay does from now on.
      next.failedAttempts = 0;
      lastEnding = null;
    }
    // They were about another position.
    next.rejections = 0;
    reading = next;
    wanted = next;
    return giveUp("another position is to be read");
  }

  /** Nothing is to be read. */
  List<Action> stop() {
    wanted = null;
    begunAt = OptionalLong.empty();
    return giveUp("this instance stopped reading");
  }

  private List<Action> giveUp(String why) {
    // Whoever reads something else does not want what was brought.
    undrained = false;
    unwanted |= phase == Phase.DIALLING || phase == Phase.OPEN;
    return reconnect(new Ending(Reason.STOPPED, why));
  }

  /** The connection that there is, or is dialled, is of no use. */
  List<Action> reconnect(Ending why) {
    if (phase != Phase.DIALLING && phase != Phase.OPEN) {
      return List.of();
    }
    phase = Phase.ENDING;
    watch = null;
    return List.of(new Action.Abort(generation, why));
  }

  /** The connection that was dialled last; 0 before the first. */
  long generation() {
    return generation;
  }

  /** The upgrade is done. */
  void opened(long of, long now) {
    if (of == generation && phase == Phase.DIALLING) {
      phase = Phase.OPEN;
      wasOpen = true;
      lastEnding = null;
      watch = new Watch(settings, theCourse().trickle, now);
    }
  }

  /**
   * A message came and is about to be handed on, which may take long; {@link #taken} says when it
   * is done.
   *
   * @return the silence before it, where it was longer than the timeout; otherwise zero
   */
  Duration received(long of, long now) {
    // The frame may be told before the upgrade is, by another thread.
    opened(of, now);
    Watch watching = watch;
    if (of != generation || watching == null) {
      return Duration.ZERO;
    }
    if (++messages > 1) {
      // One alone may be what it has to say against us.
      messages = 2;
      theCourse().rejections = 0;
    }
    if (theCourse().rejections == 0) {
      heardAt = OptionalLong.of(now);
    }
    Duration late = watching.received(now);
    if (watching.isStable()) {
      theCourse().backoff.reset();
      theCourse().failedAttempts = 0;
    }
    return late;
  }

  /** The message was handed on. */
  void taken(long of, long now) {
    Watch watching = watch;
    if (of == generation && watching != null) {
      watching.taken(now);
      if (theCourse().rejections == 0) {
        heardAt = OptionalLong.of(now);
      }
    }
  }

  /** Bytes came of a message that is not finished; only of its payload, and never of a ping's. */
  void payload(long of, int bytes, long now) {
    opened(of, now);
    Watch watching = watch;
    if (of == generation && watching != null) {
      watching.payload(bytes, now);
    }
  }

  /**
   * The connection is no more, or could not be made.
   *
   * @param retryAfter how long the relay asked to be left alone
   */
  List<Action> ended(long of, Ending ending, Optional<Duration> retryAfter, long now) {
    if (of != generation || phase == Phase.NONE) {
      return List.of();
    }
    phase = Phase.NONE;
    watch = null;
    if (unwanted || ending.reason() == Reason.STOPPED) {
      return List.of();
    }
    Course ran = theCourse();
    Duration delay = delay(ran, ending, retryAfter);
    ran.failedAttempts++;
    if (isRejection(ending)) {
      ran.rejections++;
    }
    ran.waits = true;
    ran.dialAt = now + delay.toNanos();
    undrained = true;
    boolean again = ending.equals(lastEnding);
    lastEnding = ending;
    return List.of(new Action.Ended(ran.relay, ending, wasOpen, again, delay));
  }

  /**
   * What the connection brought was all taken. Before that, to dial is to ask again for what is
   * here, of a relay that may not have it any more, and to drop what it said at the end.
   */
  void drained(long of) {
    if (of == generation) {
      undrained = false;
    }
  }

  /** Whether the relay was there, and did not want to be asked so; or it closed for once. */
  private boolean isRejection(Ending ending) {
    return ending.reason() == Reason.REJECTED
        || (ending.reason() == Reason.CLOSED && wasOpen && messages <= 1);
  }

  private Duration delay(Course ran, Ending ending, Optional<Duration> retryAfter) {
    Duration delay = ran.backoff.next();
    if (ending.asksForPatience()) {
      delay = settings.longestDelay();
    }
    // Bounded, or a relay could have itself left alone for ever.
    return longer(delay, shorter(retryAfter.orElse(Duration.ZERO), settings.longestRetryAfter()));
  }

  /** Does what is due. */
  List<Action> tick(long now) {
    return switch (phase) {
      case NONE -> dial(now);
      case DIALLING ->
          now - dialledAt - settings.dialDeadline().toNanos() >= 0
              ? reconnect(
                  new Ending(
                      Reason.DIAL_TIMEOUT,
                      "no connection within " + settings.dialDeadline().toMillis() + " ms"))
              : List.of();
      case OPEN -> look(now);
      case ENDING -> List.of();
    };
  }

  private List<Action> dial(long now) {
    Course next = wanted;
    if (next == null || undrained || (next.waits && now - next.dialAt < 0)) {
      return List.of();
    }
    next.waits = false;
    course = next;
    generation++;
    phase = Phase.DIALLING;
    dialledAt = now;
    if (begunAt.isEmpty()) {
      begunAt = OptionalLong.of(now);
    }
    wasOpen = false;
    messages = 0;
    unwanted = false;
    return List.of(new Action.Dial(generation));
  }

  private List<Action> look(long now) {
    Watch watching = watch;
    if (watching == null) {
      throw new IllegalStateException("what is open is watched");
    }
    String relay = theCourse().relay;
    List<Action> actions = new ArrayList<>();
    if (watching.pings(now)) {
      actions.add(new Action.Ping(generation));
    }
    switch (watching.check(now)) {
      case Verdict.Alive() -> {
        if (watching.trickles(now)) {
          actions.addAll(
              reconnect(
                  new Ending(Reason.STALLED, "far fewer frames than this relay usually sends")));
        }
      }
      case Verdict.MayBeStalling(Duration silence) ->
          actions.add(new Action.Warn(relay, "the connection may be stalling", silence));
      case Verdict.TimedOut(Duration silence, int _) ->
          actions.add(new Action.Warn(relay, "no frame within the timeout", silence));
      case Verdict.Overslept(Duration pause) ->
          actions.add(
              new Action.Warn(relay, "this process slept, waiting before a verdict", pause));
      case Verdict.Dead(Duration silence, int _) -> {
        actions.add(new Action.Warn(relay, "the connection is silent, reconnecting", silence));
        actions.addAll(
            reconnect(
                new Ending(
                    Reason.STALLED,
                    "no frame for " + silence.toMillis() + " ms on an open socket")));
      }
    }
    return actions;
  }

  /** When to tick next, at the latest; absent where only another event can change anything. */
  OptionalLong nextDeadline(long now) {
    return switch (phase) {
      case NONE -> {
        Course next = wanted;
        yield next == null || undrained
            ? OptionalLong.empty()
            : OptionalLong.of(next.waits ? next.dialAt : now);
      }
      case DIALLING -> OptionalLong.of(dialledAt + settings.dialDeadline().toNanos());
      case OPEN -> watch == null ? OptionalLong.of(now) : OptionalLong.of(watch.nextDeadline(now));
      case ENDING -> OptionalLong.empty();
    };
  }

  /** What is being done. */
  State state() {
    Course next = wanted;
    return switch (phase) {
      case DIALLING -> State.DIALLING;
      case OPEN -> State.CONNECTED;
      case ENDING -> next == null ? State.IDLE : State.BACKING_OFF;
      case NONE -> {
        if (next == null) {
          yield State.IDLE;
        }
        yield undrained || next.waits ? State.BACKING_OFF : State.DIALLING;
      }
    };
  }

  /** How the last connection, or attempt, ended; empty once there is a connection again. */
  Optional<Ending> lastEnding() {
    return Optional.ofNullable(lastEnding);
  }

  /** The relay that there is a connection to, or an attempt at one; until its end was told. */
  Optional<String> connectedTo() {
    return phase == Phase.NONE ? Optional.empty() : Optional.of(theCourse().relay);
  }

  /** How long the connection has been silent; zero where there is none. */
  Duration silence(long now) {
    Watch watching = watch;
    return watching == null ? Duration.ZERO : watching.silence(now);
  }

  /**
   * How long nothing has been heard on any connection, new ones that say nothing or one thing
   * against us included; zero while what came is not taken. Empty where nothing is read, or nothing
   * was ever heard.
   */
  Optional<Duration> unheard(long now) {
    Watch watching = watch;
    if (watching != null && watching.isHolding()) {
      return Optional.of(Duration.ZERO);
    }
    return begunAt.isEmpty() ? Optional.empty() : since(heardAt, now);
  }

  /** How long it is read without a pause; empty where nothing is. */
  Optional<Duration> reading(long now) {
    return since(begunAt, now);
  }

  private static Optional<Duration> since(OptionalLong at, long now) {
    return at.isEmpty() ? Optional.empty() : Optional.of(Duration.ofNanos(now - at.getAsLong()));
  }

  /** Attempts and connections of the relay that ended since data last flowed for long enough. */
  int failedAttempts() {
    Course last = reading;
    return last == null ? 0 : last.failedAttempts;
  }

  /**
   * How many attempts in a row, but for those that did not reach the relay, it has answered by
   * closing or by an HTTP error that says that the request is wrong, having sent no more than one
   * message.
   */
  int rejections() {
    Course last = reading;
    return last == null ? 0 : last.rejections;
  }

  private Course theCourse() {
    Course ran = course;
    if (ran == null) {
      throw new IllegalStateException("what was dialled has a course");
    }
    return ran;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
