package courtside.ingestor.sequence;

import courtside.atproto.Bytes;
import courtside.eventlog.firehose.Cursor;
import java.time.Instant;
import java.util.Optional;

/**
 * How far a relay's stream has been taken. Immutable.
 *
 * @param epoch counts the numberings of this relay, from 1
 * @param seq the last number accepted; while nothing of the epoch is, where the epoch was asked to
 *     begin, 0 for the oldest or live
 * @param last the last frame accepted, empty while nothing of the epoch is
 * @param frameTime the last frame's own time, where it can be read; while nothing of the epoch is
 *     accepted, when the frame {@code seq} was made, where that is known
 */
public record Position(
    String relay, long epoch, long seq, Optional<FrameIdentity> last, Optional<Instant> frameTime) {
  private static final Bytes NO_HASH = Bytes.of(new byte[0]);

  /** Before anything was ever read from the relay. */
  public static Position beginning(String relay) {
    return before(relay, 1, 0, Optional.empty());
  }

  /**
   * Before anything of an epoch is accepted.
   *
   * @param from the number that it is asked to begin behind, 0 for the oldest or live
   * @param made when the frame of that number was made, where that is known
   */
  public static Position before(String relay, long epoch, long from, Optional<Instant> made) {
    return new Position(relay, epoch, from, Optional.empty(), made);
  }

  /** Where a cursor says that the log is. */
  public static Position of(Cursor cursor) {
    return new Position(
        cursor.relay(),
        cursor.epoch(),
        cursor.seq(),
        cursor.hash().length() == 0
            ? Optional.empty()
            : Optional.of(FrameIdentity.ofHash(cursor.hash())),
        cursor.frameTime());
  }

  /** The next epoch of this relay, of which nothing is had, asked to begin behind a number. */
  public Position nextEpoch(long from) {
    return before(relay, epoch + 1, from, Optional.empty());
  }

  /** The position after a frame of the same epoch. */
  Position after(long accepted, FrameIdentity frame, Optional<Instant> time) {
    return new Position(relay, epoch, accepted, Optional.of(frame), time);
  }

  /** SHA-256 of the last frame accepted, empty while nothing of the epoch is. */
  public Bytes hash() {
    return last.map(FrameIdentity::sha256).orElse(NO_HASH);
  }

  /** Whether nothing of this epoch is accepted yet. */
  public boolean nothingAccepted() {
    return last.isEmpty();
  }

  /** Whether nothing was ever had, and no epoch before this one either. */
  public boolean isBeginning() {
    return epoch == 1 && seq == 0 && nothingAccepted();
  }
}
