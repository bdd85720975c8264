package courtside.processor.letter;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.eventlog.firehose.DeadLetter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes dead letters about records of a topic. */
public final class Letter {
  /** The reason for what failed in a way that nobody foresaw: a fault of ours. */
  public static final String UNEXPECTED = "unexpected";

  private Letter() {}

  /**
   * A letter with the head of a record's value.
   *
   * @param at the record's timestamp
   * @param source see {@link #source}
   * @param value empty counts for none
   */
  public static DeadLetter of(
      String stage,
      String reason,
      Instant at,
      String detail,
      String source,
      byte @Nullable [] value) {
    byte[] whole = value == null ? new byte[0] : value;
    return new DeadLetter(
        stage,
        reason,
        at,
        detail,
        source,
        whole.length,
        sha256(whole),
        Bytes.of(whole, 0, Math.min(whole.length, DeadLetter.HEAD_BYTES)));
  }

  /** Where a record stands: {@code topic-partition@offset}. */
  public static String source(String topic, int partition, long offset) {
    return topic + "-" + partition + "@" + offset;
  }

  /** The reason for data that is not what the protocol says. */
  public static String reason(MalformedDataException why) {
    return why.kind().name().toLowerCase(Locale.ROOT);
  }

  /** The detail for such a failure: what it was and where. Its message may quote anything. */
  public static String unexpected(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    return failure.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  private static Bytes sha256(byte[] whole) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(whole));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
