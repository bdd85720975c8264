package courtside.testkit.history;

import courtside.atproto.Bytes;
import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.syntax.Did;
import courtside.eventlog.firehose.FrameHeaders;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** What a server has sent, whoever shows it, under whatever number, and however often. */
sealed interface Sent {
  /** The account. */
  String did();

  /** What it is, for whoever reads a history. */
  String what();

  /** How it comes to the log. */
  Step at(Instant seen, FrameHeaders place, Pace pace);

  /** A datetime, to the millisecond. */
  static String datetime(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  /**
   * A commit. Immutable.
   *
   * @param revision the moment of its revision
   * @param says what its operations on posts say, if its revision is taken
   * @param faults how many kinds of fault its operations on posts have
   * @param unreadable whether there is an operation that nobody can read
   */
  record Commit(
      String did,
      LongFunction<byte[]> frame,
      Instant revision,
      List<Said> says,
      int faults,
      boolean unreadable,
      String what)
      implements Sent {
    @Override
    public Step at(Instant seen, FrameHeaders place, Pace pace) {
      boolean posts = !says.isEmpty() || faults > 0;
      boolean future = revision.isAfter(seen.plus(pace.futureAllowed()));
      return new Step(
          did,
          seen,
          place,
          Bytes.of(frame.apply(place.seq())),
          future ? List.of() : says,
          (unreadable ? 1 : 0) + (future ? (posts ? 1 : 0) : faults),
          future ? what + ", of the future" : what);
    }
  }

  /**
   * An #account. Immutable.
   *
   * @param claimed the frame's own time
   */
  record Status(String did, Instant claimed, boolean active, Optional<String> status)
      implements Sent {
    @Override
    public String what() {
      return "account";
    }

    @Override
    public Step at(Instant seen, FrameHeaders place, Pace pace) {
      byte[] frame =
          FrameWriter.account(place.seq(), datetime(claimed), new Did(did), active, status);
      Instant time = claimed.isBefore(seen) ? claimed : seen;
      return new Step(
          did,
          seen,
          place,
          Bytes.of(frame),
          List.of(new Said.Standing(active, status, time)),
          0,
          what());
    }
  }

  /**
   * Anything else: it changes no feed. Immutable.
   *
   * @param refused whether nobody can read it
   */
  record Other(String did, LongFunction<byte[]> frame, boolean refused, String what)
      implements Sent {
    @Override
    public Step at(Instant seen, FrameHeaders place, Pace pace) {
      return new Step(
          did, seen, place, Bytes.of(frame.apply(place.seq())), List.of(), refused ? 1 : 0, what);
    }
  }
}
