package courtside.eventlog.firehose;

import courtside.atproto.Bytes;
import courtside.eventlog.format.Format;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.errors.SerializationException;

/**
 * How far one relay's stream is in the log: written in the transaction of the frames that it
 * covers. Immutable.
 *
 * @param relay the relay's name; also the record's key
 * @param epoch counts the numberings of this relay, from 1; a sequence means something only inside
 *     one
 * @param seq the last sequence number accepted in this epoch, 0 before the first
 * @param frameTime the last frame's own time, where it had one that can be read
 * @param committedAt when the transaction was committed, by the ingestor's clock
 * @param hash SHA-256 of the last frame accepted, empty before the first: a server may send it
 *     again
 * @param rewindId the request that this epoch answers, where a rewind began it
 */
public record Cursor(
    String relay,
    long epoch,
    long seq,
    Optional<Instant> frameTime,
    Instant committedAt,
    Bytes hash,
    Optional<String> rewindId) {

  private static final Format<Cursor> FORMAT = Format.of(Cursor.class);

  /** The record's value: CBOR and a checksum, as a wrong cursor loses or doubles frames. */
  public byte[] encode() {
    return Checksum.append(FORMAT.encode(this));
  }

  /**
   * Reads a record's value.
   *
   * @throws SerializationException if it is not what {@link #encode} wrote
   */
  public static Cursor decode(byte[] value) {
    return FORMAT.decode(Checksum.strip(value));
  }
}
