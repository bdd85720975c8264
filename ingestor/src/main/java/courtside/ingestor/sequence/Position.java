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
 * @param hash SHA-256 of the last frame accepted, empty while nothing of the epoch is
 * @param frameTime the last frame's own time, where it can be read; while nothing of the epoch is
 *     accepted, when the frame {@code seq} was made, where that is known
 */
public record Position(
    String relay, long epoch, long seq, Bytes hash, Optional<Instant> frameTime) {
  private static final Bytes NONE = Bytes.of(new byte[0]);

  /** Before anything was ever read from the relay. */
  public static Position beginning(String relay) {
    return new Position(relay, 1, 0, NONE, Optional.empty());
  }

  /** Where a cursor says that the log is. */
  public static Position of(Cursor cursor) {
    return new Position(
        cursor.relay(), cursor.epoch(), cursor.seq(), cursor.hash(), cursor.frameTime());
  }

  /** The next epoch of this relay, of which nothing is had, asked to begin behind a number. */
  public Position nextEpoch(long from) {
    return new Position(relay, epoch + 1, from, NONE, Optional.empty());
  }

  /** The position after a frame of the same epoch. */
  Position after(long accepted, Bytes frameHash, Optional<Instant> time) {
    return new Position(relay, epoch, accepted, frameHash, time);
  }

  /** Whether nothing of this epoch is accepted yet. */
  public boolean nothingAccepted() {
    return hash.length() == 0;
  }

  /** Whether nothing was ever had, and no epoch before this one either. */
  public boolean isBeginning() {
    return epoch == 1 && seq == 0 && nothingAccepted();
  }
}
