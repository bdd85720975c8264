package courtside.eventlog.firehose;

import courtside.eventlog.format.Format;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * Something went wrong, or was different from what it should be, and this is what was done.
 * Immutable.
 *
 * @param subject the relay or the stage; also the record's key
 * @param from the last position that is had: a sequence number or an offset
 * @param to the first position that is had again
 * @param found what was found, a sentence
 * @param done what was done, a sentence
 */
public record Incident(
    Kind kind,
    String subject,
    Instant at,
    OptionalLong from,
    OptionalLong to,
    String found,
    String done) {

  /** The record's bytes. */
  public static final Format<Incident> FORMAT = Format.of(Incident.class);

  /** What kind of thing went wrong. A closed set, safe as a metric label. */
  public enum Kind {
    /** The socket was open and no frame came. */
    STALL,
    /** The connection ended and another was made. */
    RECONNECT,
    /** Frames come again after an interruption, from the cursor: what lies between is not lost. */
    RESUMED,
    /** Frames that exist cannot be had any more. */
    GAP,
    /** Sequence numbers passed over on a running connection; no loss. */
    SKIPPED_NUMBERS,
    /** The numbering began anew. */
    EPOCH,
    /** The relay says that this consumer is too slow. */
    SLOW_CONSUMER,
    /** The relay sent an error that is none of the others. */
    RELAY_ERROR,
    /** Another relay is read. */
    FAILOVER,
    /** The frames in the log were deleted with their topic. */
    LOSS,
    /** What a stage of the processors had not read yet was deleted from the log. */
    OVERTAKEN,
  }

  /** Whether something is lost, so that a person has to know. */
  public boolean lost() {
    return kind == Kind.GAP || kind == Kind.LOSS || kind == Kind.OVERTAKEN;
  }

  /** Whether a stage of the processors says it of itself, and not the ingestor of the stream. */
  public boolean ofStage() {
    return kind == Kind.OVERTAKEN;
  }
}
