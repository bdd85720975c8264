package courtside.ingestor.pump;

import courtside.atproto.Bytes;
import courtside.eventlog.firehose.Cursor;
import java.time.Instant;
import java.util.Optional;

/**
 * How far a relay's stream has been taken. Immutable.
 *
 * @param seq 0 before the first frame of the epoch
 * @param hash SHA-256 of the last frame, empty before the first
 * @param frameTime the last frame's own time, where it can be read
 */
record Position(String relay, long epoch, long seq, Bytes hash, Optional<Instant> frameTime) {
  /** Before anything was ever read from the relay. */
  static Position beginning(String relay) {
    return new Position(relay, 1, 0, Bytes.of(new byte[0]), Optional.empty());
  }

  /** Whether nothing was ever had, and no epoch before this one either. */
  boolean isBeginning() {
    return epoch == 1 && seq == 0;
  }

  /** Where a cursor says that the log is. */
  static Position of(Cursor cursor) {
    return new Position(
        cursor.relay(), cursor.epoch(), cursor.seq(), cursor.hash(), cursor.frameTime());
  }

  /** The cursor to be written with the frames up to here. */
  Cursor toCursor(Instant committedAt) {
    return new Cursor(relay, epoch, seq, frameTime, committedAt, hash, Optional.empty());
  }
}
