package courtside.atproto.firehose;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborIndex;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cbor.Value;
import courtside.atproto.syntax.Did;
import java.util.Optional;

/** The second of a frame's two items, by the names of its fields; for kinds that are rare. */
final class Body {
  /** Sequence numbers are positive and below 2^53. */
  private static final long MAX_SEQ = (1L << 53) - 1;

  private final FrameKind kind;
  private final Value fields;

  private Body(FrameKind kind, Value fields) {
    this.kind = kind;
    this.fields = fields;
  }

  /** The body of a frame of this kind. */
  static Body read(byte[] frame, FrameKind expected) throws MalformedDataException {
    DagCborReader reader = new DagCborReader(frame);
    FrameKind kind = FrameHeader.read(reader);
    if (kind != expected) {
      throw new MalformedDataException(
          Kind.WRONG_TYPE, 0, "expected " + expected + ", found " + kind);
    }
    return new Body(kind, DagCborIndex.of(frame, reader.position(), frame.length));
  }

  static boolean isSeq(long value) {
    return value >= 1 && value <= MAX_SEQ;
  }

  static long checkSeq(long value, int at) throws MalformedDataException {
    if (!isSeq(value)) {
      throw new MalformedDataException(
          Kind.TOO_LARGE, at, "expected a sequence number of 1 to 2^53 - 1, found " + value);
    }
    return value;
  }

  long seq() throws MalformedDataException {
    return checkSeq(required("seq").asInteger(), -1);
  }

  Did did() throws MalformedDataException {
    return Did.parse(text("did"));
  }

  /** What counts as empty where it is absent, or something else. */
  String time() throws MalformedDataException {
    return optionalText("time").orElse("");
  }

  String text(String name) throws MalformedDataException {
    return required(name).asText();
  }

  boolean bool(String name) throws MalformedDataException {
    return required(name).asBoolean();
  }

  Range bytes(String name) throws MalformedDataException {
    return required(name).asBytes();
  }

  /** Absent where the field is something else than text. */
  Optional<String> optionalText(String name) throws MalformedDataException {
    Optional<Value> value = fields.get(name);
    return value.isPresent() && value.get().type() == DagCborReader.Type.TEXT
        ? Optional.of(value.get().asText())
        : Optional.empty();
  }

  private Value required(String name) throws MalformedDataException {
    return fields
        .get(name)
        .orElseThrow(() ->
            new MalformedDataException(
                Kind.MISSING_FIELD, -1, "no " + name + " in a message " + kind.type()));
  }
}
