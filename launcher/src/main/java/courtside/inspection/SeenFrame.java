package courtside.inspection;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.MalformedDataException;
import courtside.atproto.firehose.Frame;
import courtside.atproto.firehose.FrameKind;
import courtside.eventlog.firehose.FrameHeaders;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;

/**
 * A frame of {@code firehose.frames}, as it stands there. Immutable, over bytes that must not
 * change.
 */
public final class SeenFrame {
  private final String topic;
  private final int partition;
  private final long offset;
  private final Instant seenAt;
  private final Optional<FrameHeaders> headers;
  private final byte[] bytes;
  private final Content content;

  /** What its bytes say. */
  sealed interface Content {
    /** A frame of the protocol. */
    record Good(Frame frame) implements Content {}

    /**
     * None.
     *
     * @param kind where its header says one
     */
    record Bad(Optional<FrameKind> kind, MalformedDataException why) implements Content {}
  }

  private SeenFrame(
      ConsumerRecord<byte[], byte[]> record, Optional<FrameHeaders> headers, byte[] bytes) {
    this.topic = record.topic();
    this.partition = record.partition();
    this.offset = record.offset();
    this.seenAt = Instant.ofEpochMilli(record.timestamp());
    this.headers = headers;
    this.bytes = bytes;
    this.content = content(bytes);
  }

  /** Reads a record; nothing that is in it makes this fail. */
  public static SeenFrame of(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    return new SeenFrame(record, place(record), value == null ? new byte[0] : value);
  }

  /** Where the frame of a record comes from; empty where its headers do not say. */
  public static Optional<FrameHeaders> place(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.of(FrameHeaders.read(record.headers()));
    } catch (SerializationException e) {
      return Optional.empty();
    }
  }

  private static Content content(byte[] bytes) {
    try {
      return new Content.Good(Frame.read(bytes));
    } catch (MalformedDataException e) {
      return new Content.Bad(kind(bytes), e);
    }
  }

  private static Optional<FrameKind> kind(byte[] bytes) {
    try {
      return Optional.of(FrameKind.of(bytes));
    } catch (MalformedDataException e) {
      return Optional.empty();
    }
  }

  /** Whether it is a frame of the protocol. */
  public boolean isReadable() {
    return content instanceof Content.Good;
  }

  Content content() {
    return content;
  }

  /** The message as the relay sent it. Not a copy: it must not be changed. */
  byte[] bytes() {
    return bytes;
  }

  Instant seenAt() {
    return seenAt;
  }

  Optional<FrameHeaders> headers() {
    return headers;
  }

  /** Its kind, as the stream names it. */
  String kind() {
    return switch (content) {
      case Content.Good(Frame frame) -> word(frame.kind());
      case Content.Bad(Optional<FrameKind> kind, _) -> kind.map(SeenFrame::word).orElse("?");
    };
  }

  private static String word(FrameKind kind) {
    return kind.type().isEmpty() ? kind.name().toLowerCase(Locale.ROOT) : kind.type();
  }

  /** Where it stands in the log: {@code topic-partition@offset}. */
  String stands() {
    return topic + "-" + partition + "@" + offset;
  }

  /** Where it stands and comes from, as JSON. */
  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("seen_at", seenAt.toString());
    headers.ifPresent(from -> {
      json.put("relay", from.relay());
      json.put("epoch", from.epoch());
      if (from.seq() != 0) {
        json.put("seq", from.seq());
      }
    });
    json.put("partition", partition);
    json.put("offset", offset);
    json.put("bytes", bytes.length);
    json.put("kind", kind());
    return json;
  }
}
