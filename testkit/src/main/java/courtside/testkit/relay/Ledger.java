package courtside.testkit.relay;

import courtside.testkit.relay.fault.Fault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What a relay showed, to whom and when: the truth that a client's own account is held against.
 * Keeps the newest 10,000 attempts to connect, streams and refusals of each. Thread-safe.
 */
public final class Ledger {
  private static final int KEPT = 10_000;

  /** How long after a client left the relay may first hear of it. */
  private static final long NOTICED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final LongSupplier nanoTime;
  // All guarded by this.
  private final Deque<Caller> attempts = new ArrayDeque<>();
  private final Deque<Line> streams = new ArrayDeque<>();
  private final Deque<Refusal> refusals = new ArrayDeque<>();
  private long accepted;
  private long opened;
  private long shown;
  private int open;
  private int maxOpenForgotten;

  private volatile Witness witness = (_, _) -> {};

  Ledger(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * One connection, from its accept on, whatever became of it. Times are of the relay's monotonic
   * clock.
   *
   * @param number counts the connections of this relay, from 1
   * @param requested whether a request for a stream was read
   * @param cursor what it asked for
   * @param closedNanos when the relay ended it, as the client can tell, or heard that the client
   *     left, whichever was first
   * @param faults what was committed on it, in order
   */
  public record Attempt(
      long number,
      long acceptedNanos,
      boolean requested,
      OptionalLong cursor,
      OptionalLong closedNanos,
      List<Fault> faults) {}

  /**
   * One stream, from its upgrade on. Times are of the relay's monotonic clock. A frame counts as
   * shown from before its first byte is written: the client may have had it, and can have had no
   * other.
   *
   * @param number counts the streams of this relay, from 1
   * @param attempt the number of its connection
   * @param cursor what the client asked for
   * @param frames how many were shown, without repeats
   * @param repeated how many a fault showed again
   * @param passedOver how many a fault did not show
   * @param notices the names of #info and error frames sent, in order; those that a fault sends are
   *     none
   * @param faults what was committed on its connection, in order
   */
  public record Stream(
      long number,
      long attempt,
      OptionalLong cursor,
      long openedNanos,
      OptionalLong closedNanos,
      long frames,
      long repeated,
      long passedOver,
      OptionalLong firstSeq,
      OptionalLong lastSeq,
      List<String> notices,
      List<Fault> faults,
      Optional<Ending> ending) {}

  /** Is told of frames as they are shown, on the threads that show them. */
  @FunctionalInterface
  public interface Witness {
    /**
     * One is shown; what a fault shows again is not told.
     *
     * @param nanos of the relay's monotonic clock, before the first byte is written
     */
    void shown(long seq, long nanos);
  }

  /** Tells of every frame from now on, on all streams, in the place of whoever was told before. */
  public void tell(Witness told) {
    witness = told;
  }

  /** A request that was answered by an HTTP error. */
  public record Refusal(int status, String message, long atNanos) {}

  /** The streams, oldest first. */
  public synchronized List<Stream> streams() {
    return streams.stream().map(Line::snapshot).toList();
  }

  /** The requests that were refused, oldest first. */
  public synchronized List<Refusal> refusals() {
    return List.copyOf(refusals);
  }

  /** How many streams were ever opened. */
  public synchronized long opened() {
    return opened;
  }

  /** How many streams are open. */
  public synchronized int open() {
    return open;
  }

  /** The connections, oldest first. */
  public synchronized List<Attempt> attempts() {
    return attempts.stream().map(Caller::snapshot).toList();
  }

  /** How many connections were ever accepted. */
  public synchronized long accepted() {
    return accepted;
  }

  /** How many frames were shown, on all streams, without repeats. */
  public synchronized long shown() {
    return shown;
  }

  /**
   * How many connections were open at once, at most: from the accept until the client can tell that
   * it was closed, or has left. The relay hears of that a little later, so a connection that ended
   * within 100 ms after another was accepted counts as closed before it.
   */
  public synchronized int maxOpen() {
    long[] accepts = attempts.stream().mapToLong(caller -> caller.acceptedNanos).toArray();
    long[] closes =
        attempts.stream()
            .filter(caller -> caller.closedNanos.isPresent())
            .mapToLong(caller ->
                Math.max(caller.acceptedNanos, caller.closedNanos.getAsLong() - NOTICED_NANOS))
            .sorted()
            .toArray();
    Arrays.sort(accepts);
    int most = maxOpenForgotten;
    int closed = 0;
    for (int i = 0; i < accepts.length; i++) {
      // One that was closed at once was open nevertheless.
      while (closed < closes.length && closes[closed] < accepts[i]) {
        closed++;
      }
      most = Math.max(most, i + 1 - closed);
    }
    return most;
  }

  synchronized Caller accept() {
    if (attempts.size() == KEPT) {
      maxOpenForgotten = maxOpen();
      for (int i = 0; i < KEPT / 10; i++) {
        attempts.removeFirst();
      }
    }
    Caller caller = new Caller(++accepted, nanoTime.getAsLong());
    attempts.addLast(caller);
    return caller;
  }

  synchronized void refused(int status, String message) {
    if (refusals.size() == KEPT) {
      refusals.removeFirst();
    }
    refusals.addLast(new Refusal(status, message, nanoTime.getAsLong()));
  }

  synchronized Line open(Caller caller, OptionalLong cursor) {
    if (streams.size() == KEPT) {
      streams.removeFirst();
    }
    Line line = new Line(++opened, caller, cursor, nanoTime.getAsLong());
    streams.addLast(line);
    open++;
    return line;
  }

  /** Who calls. Thread-safe; its fields are guarded by the ledger. */
  final class Caller {
    private final long number;
    private final long acceptedNanos;
    private boolean requested;
    private OptionalLong cursor = OptionalLong.empty();
    private OptionalLong closedNanos = OptionalLong.empty();
    private final List<Fault> faults = new ArrayList<>();

    private Caller(long number, long acceptedNanos) {
      this.number = number;
      this.acceptedNanos = acceptedNanos;
    }

    long number() {
      return number;
    }

    void asked(OptionalLong asked) {
      synchronized (Ledger.this) {
        requested = true;
        cursor = asked;
      }
    }

    void committed(Fault fault) {
      synchronized (Ledger.this) {
        faults.add(fault);
      }
    }

    /** The client can tell, or has left. */
    void closed() {
      synchronized (Ledger.this) {
        if (closedNanos.isEmpty()) {
          closedNanos = OptionalLong.of(nanoTime.getAsLong());
        }
      }
    }

    private Attempt snapshot() {
      return new Attempt(
          number, acceptedNanos, requested, cursor, closedNanos, List.copyOf(faults));
    }
  }

  /** The line of one stream. Thread-safe; its fields are guarded by the ledger. */
  final class Line {
    private final long number;
    private final Caller caller;
    private final OptionalLong cursor;
    private final long openedNanos;
    private OptionalLong closedNanos = OptionalLong.empty();
    private long frames;
    private long repeated;
    private long passedOver;
    private OptionalLong firstSeq = OptionalLong.empty();
    private OptionalLong lastSeq = OptionalLong.empty();
    private final List<String> notices = new ArrayList<>();
    private Optional<Ending> ending = Optional.empty();

    private Line(long number, Caller caller, OptionalLong cursor, long openedNanos) {
      this.number = number;
      this.caller = caller;
      this.cursor = cursor;
      this.openedNanos = openedNanos;
    }

    long number() {
      return number;
    }

    void shown(long seq) {
      synchronized (Ledger.this) {
        frames++;
        shown++;
        lastSeq = OptionalLong.of(seq);
        if (firstSeq.isEmpty()) {
          firstSeq = lastSeq;
        }
      }
      witness.shown(seq, nanoTime.getAsLong());
    }

    long frames() {
      synchronized (Ledger.this) {
        return frames;
      }
    }

    void repeated() {
      synchronized (Ledger.this) {
        repeated++;
      }
    }

    void passedOver() {
      synchronized (Ledger.this) {
        passedOver++;
      }
    }

    void noticed(String name) {
      synchronized (Ledger.this) {
        notices.add(name);
      }
    }

    void closed(Ending why) {
      synchronized (Ledger.this) {
        if (ending.isEmpty()) {
          ending = Optional.of(why);
          closedNanos = OptionalLong.of(nanoTime.getAsLong());
          open--;
        }
      }
    }

    private Stream snapshot() {
      return new Stream(
          number,
          caller.number,
          cursor,
          openedNanos,
          closedNanos,
          frames,
          repeated,
          passedOver,
          firstSeq,
          lastSeq,
          List.copyOf(notices),
          List.copyOf(caller.faults),
          ending);
    }
  }
}
