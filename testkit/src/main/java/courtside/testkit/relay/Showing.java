package courtside.testkit.relay;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * The frames of one log as they are shown on one stream, step by step. Confined to the thread that
 * shows them.
 */
final class Showing {
  /** The code of a close for a reason that the codes do not have. */
  static final int POLICY_VIOLATION = 1008;

  private final FrameLog log;
  private final FrameLog.Reader reading;
  private final Peer peer;
  private final Ledger.Line line;
  private final long pingAfterNanos;
  private final long consumerBytes;
  private final BooleanSupplier current;
  private boolean hadEverything;
  private OptionalLong firstSeq = OptionalLong.empty();
  private long lastSeq;

  /**
   * Makes one.
   *
   * @param consumerBytes how far it may fall behind, once it has had everything
   * @param current whether the stream is still to show this log
   */
  Showing(
      FrameLog log,
      FrameLog.Reader reading,
      Peer peer,
      Ledger.Line line,
      long pingAfterNanos,
      long consumerBytes,
      BooleanSupplier current) {
    this.log = log;
    this.reading = reading;
    this.peer = peer;
    this.line = line;
    this.pingAfterNanos = pingAfterNanos;
    this.consumerBytes = consumerBytes;
    this.current = current;
  }

  /** How a frame is shown. */
  interface Way {
    void show(Reading.Frame frame) throws IOException, InterruptedException;
  }

  /** What became of a step. */
  enum Step {
    /** The next frame was shown. */
    FRAME,
    /** There was none yet. */
    QUIET,
    /** There will be none. */
    END,
  }

  Ledger.Line line() {
    return line;
  }

  boolean isCurrent() {
    return current.getAsBoolean();
  }

  /** Shows the next frame in this way, or waits for it a while. */
  Step step(Way way) throws IOException, InterruptedException {
    if (isTooFarBehind()) {
      refuse(Notice.CONSUMER_TOO_SLOW, Ending.CONSUMER_TOO_SLOW);
      return Step.END;
    }
    WireWriter writer = peer.writer();
    return switch (reading.next(pingAfterNanos - writer.silentNanos())) {
      case Reading.Frame frame -> {
        way.show(frame);
        yield Step.FRAME;
      }
      case Reading.Quiet _ -> {
        if (writer.silentNanos() >= pingAfterNanos) {
          writer.ping();
        }
        yield Step.QUIET;
      }
      case Reading.Overtaken _ -> {
        refuse(Notice.CONSUMER_TOO_SLOW, Ending.CONSUMER_TOO_SLOW);
        yield Step.END;
      }
      case Reading.Closed _ -> Step.END;
    };
  }

  private boolean isTooFarBehind() {
    long behind = reading.behindBytes();
    hadEverything |= behind == 0;
    return hadEverything && behind > consumerBytes;
  }

  /** The way of a relay that does well. */
  void show(Reading.Frame frame) throws IOException {
    count(frame);
    peer.writer().binary(frame.bytes().toArray());
  }

  /** Counts a frame as shown; called before its first byte is written. */
  void count(Reading.Frame frame) {
    line.shown(frame.seq());
    lastSeq = frame.seq();
    if (firstSeq.isEmpty()) {
      firstSeq = OptionalLong.of(lastSeq);
    }
  }

  /** Shows the last of the frames shown so far again, so many as are held. */
  void repeat(int count) throws IOException, InterruptedException {
    if (firstSeq.isEmpty()) {
      return;
    }
    long held = 0;
    try (FrameLog.Reader again = log.readAfter(firstSeq.getAsLong() - 1)) {
      while (again.next(0) instanceof Reading.Frame frame && frame.seq() <= lastSeq) {
        held++;
      }
    }
    try (FrameLog.Reader again = log.readAfter(firstSeq.getAsLong() - 1)) {
      for (long i = 0; i < held && again.next(0) instanceof Reading.Frame frame; i++) {
        if (frame.seq() <= lastSeq && i >= held - count) {
          line.repeated();
          peer.writer().binary(frame.bytes().toArray());
        }
      }
    }
  }

  /** Says why there is nothing more to show, and closes. */
  void refuse(Notice notice, Ending why) throws IOException {
    boolean _ = peer.end(why);
    line.noticed(notice.text());
    peer.writer().binary(notice.frame());
    peer.sayClose(POLICY_VIOLATION, notice.text());
  }
}
