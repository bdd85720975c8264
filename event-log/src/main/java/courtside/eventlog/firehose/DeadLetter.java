package courtside.eventlog.firehose;

import courtside.atproto.Bytes;
import courtside.eventlog.format.Format;
import java.time.Instant;

/**
 * Something that could not be used, kept with why. Immutable.
 *
 * @param stage who could not use it: {@code ingestor}, {@code extract}, …
 * @param reason from a closed set, safe as a metric label
 * @param detail what was expected and what was found
 * @param source where it came from: relay, epoch and sequence, or topic, partition and offset
 * @param length bytes of the whole
 * @param sha256 of the whole
 * @param content the whole where it stands nowhere else, otherwise the first {@link #HEAD_BYTES}
 */
public record DeadLetter(
    String stage,
    String reason,
    Instant at,
    String detail,
    String source,
    int length,
    Bytes sha256,
    Bytes content) {

  /** How much is kept of what stands in full elsewhere. */
  public static final int HEAD_BYTES = 64 << 10;

  /** The record's bytes. */
  public static final Format<DeadLetter> FORMAT = Format.of(DeadLetter.class);
}
