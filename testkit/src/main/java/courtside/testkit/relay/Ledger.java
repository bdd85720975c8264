package courtside.testkit.relay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * What a relay showed, to whom and when: the truth that a client's own account is held against.
 * Keeps the newest 10,000 streams, and as many refusals. Thread-safe.
 */
public final class Ledger {
  private static final int KEPT = 10_000;

  private final LongSupplier nanoTime;
  // All guarded by this.
  private final Deque<Line> streams = new ArrayDeque<>();
  private final Deque<Refusal> refusals = new ArrayDeque<>();
  private long opened;
  private int open;
  private int maxOpen;

  Ledger(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * One stream, from its upgrade on. Times are of the relay's monotonic clock. A frame counts as
   * shown from before its first byte is written: the client may have had it, and can have had no
   * other.
   *
   * @param number counts the streams of this relay, from 1
   * @param cursor what the client asked for
   * @param notices the names of #info and error frames sent, in order
   */
  public record Stream(
      long number,
      OptionalLong cursor,
      long openedNanos,
      OptionalLong closedNanos,
      long frames,
      OptionalLong firstSeq,
      OptionalLong lastSeq,
      List<String> notices,
      Optional<Ending> ending) {}

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

  /** How many streams were open at once, at most. */
  public synchronized int maxOpen() {
    return maxOpen;
  }

  synchronized void refused(int status, String message) {
    if (refusals.size() == KEPT) {
      refusals.removeFirst();
    }
    refusals.addLast(new Refusal(status, message, nanoTime.getAsLong()));
  }

  synchronized Line open(OptionalLong cursor) {
    if (streams.size() == KEPT) {
      streams.removeFirst();
    }
    Line line = new Line(++opened, cursor, nanoTime.getAsLong());
    streams.addLast(line);
    open++;
    maxOpen = Math.max(maxOpen, open);
    return line;
  }

  /** The line of one stream. Thread-safe; its fields are guarded by the ledger. */
  final class Line {
    private final long number;
    private final OptionalLong cursor;
    private final long openedNanos;
    private OptionalLong closedNanos = OptionalLong.empty();
    private long frames;
    private OptionalLong firstSeq = OptionalLong.empty();
    private OptionalLong lastSeq = OptionalLong.empty();
    private final List<String> notices = new ArrayList<>();
    private Optional<Ending> ending = Optional.empty();

    private Line(long number, OptionalLong cursor, long openedNanos) {
      this.number = number;
      this.cursor = cursor;
      this.openedNanos = openedNanos;
    }

    long number() {
      return number;
    }

    void shown(long seq) {
      synchronized (Ledger.this) {
        frames++;
        lastSeq = OptionalLong.of(seq);
        if (firstSeq.isEmpty()) {
          firstSeq = lastSeq;
        }
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
          cursor,
          openedNanos,
          closedNanos,
          frames,
          firstSeq,
          lastSeq,
          List.copyOf(notices),
          ending);
    }
  }
}
