package courtside.eventlog.firehose;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The headers of {@code firehose.frames}: where a frame comes from. Relay as UTF-8, epoch and
 * sequence as 8 bytes big-endian. A frame whose kind has no sequence number has none here.
 * Immutable.
 *
 * @param seq 0 where the frame has none
 */
public record FrameHeaders(String relay, long epoch, long seq) {
  private static final String RELAY = "relay";
  private static final String EPOCH = "epoch";
  private static final String SEQ = "seq";

  /** Adds them to a record that has none yet. */
  public void addTo(Headers headers) {
    headers.add(RELAY, relay.getBytes(StandardCharsets.UTF_8));
    headers.add(EPOCH, bytes(epoch));
    if (seq != 0) {
      headers.add(SEQ, bytes(seq));
    }
  }

  /**
   * Reads them from a record.
   *
   * @throws SerializationException if they are not there, or not of this form
   */
  public static FrameHeaders read(Headers headers) {
    Header relay = required(headers, RELAY);
    Header seq = headers.lastHeader(SEQ);
    return new FrameHeaders(
        new String(content(relay), StandardCharsets.UTF_8),
        number(required(headers, EPOCH)),
        seq == null ? 0 : number(seq));
  }

  private static Header required(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    if (header == null) {
      throw new SerializationException("a frame without the header " + name);
    }
    return header;
  }

  private static byte[] bytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  private static long number(Header header) {
    byte[] content = content(header);
    if (content.length != Long.BYTES) {
      throw new SerializationException("the header " + header.key() + " is not 8 bytes");
    }
    return ByteBuffer.wrap(content).getLong();
  }

  /** Kafka allows a header without a value. */
  private static byte[] content(Header header) {
    byte @Nullable [] value = header.value();
    if (value == null) {
      throw new SerializationException("the header " + header.key() + " has no value");
    }
    return value;
  }
}
