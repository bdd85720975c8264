package courtside.atproto.firehose;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.syntax.Did;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What has to be known of a frame to store it: kind, sequence number, account and time. The whole
 * frame is checked to be canonical DAG-CBOR, header and body and nothing after; archives inside are
 * not opened. Immutable.
 *
 * @param seq the sequence number; absent on #info, on errors and on frames whose kind has none
 * @param repo the account; absent where the frame names none
 * @param time the frame's own time as text, never to be trusted
 * @param name the name of an error or an #info
 * @param message the message of an error or an #info
 * @see <a href="https://atproto.com/specs/event-stream">Event Stream</a>
 */
public record FrameScan(
    FrameKind kind,
    OptionalLong seq,
    Optional<Did> repo,
    Optional<String> time,
    Optional<String> name,
    Optional<String> message) {

  /** Sequence numbers are positive and below 2^53. */
  private static final long MAX_SEQ = (1L << 53) - 1;

  /**
   * Scans one frame.
   *
   * @throws MalformedDataException if it is not canonical, or lacks what its kind must have
   */
  public static FrameScan of(byte[] frame) throws MalformedDataException {
    DagCborReader reader = new DagCborReader(frame);
    FrameKind kind = FrameHeader.read(reader);
    if (reader.peek() != DagCborReader.Type.MAP) {
      throw new MalformedDataException(
          Kind.WRONG_TYPE, reader.position(), "expected a map as the body of a frame");
    }
    Body body = new Body();
    int entries = reader.readMap();
    DagCborReader.Keys keys = reader.keys();
    for (int i = 0; i < entries; i++) {
      body.field(kind, keys.next(), reader);
    }
    reader.expectEnd();
    return body.scan(kind);
  }

  /** Gathers the fields of a body. */
  private static final class Body {
    private OptionalLong seq = OptionalLong.empty();
    private Optional<String> repo = Optional.empty();
    private Optional<String> time = Optional.empty();
    private Optional<String> name = Optional.empty();
    private Optional<String> message = Optional.empty();

    void field(FrameKind kind, String key, DagCborReader reader) throws MalformedDataException {
      // An unknown kind may use the same names for other things: nothing of it is required.
      boolean lenient = kind == FrameKind.UNKNOWN;
      switch (key) {
        case "seq" -> {
          if (!lenient || reader.peek() == DagCborReader.Type.INTEGER) {
            seq = OptionalLong.of(readSeq(reader));
          } else {
            reader.skip();
          }
        }
        case "repo" -> repo = kind == FrameKind.COMMIT ? text(reader) : skipped(reader, repo);
        case "did" -> repo = kind != FrameKind.COMMIT ? lenientText(reader) : skipped(reader, repo);
        case "time" -> time = lenientText(reader);
        case "name" -> name = kind == FrameKind.INFO ? text(reader) : skipped(reader, name);
        case "error" -> name = kind == FrameKind.ERROR ? text(reader) : skipped(reader, name);
        case "message" -> message = lenientText(reader);
        default -> reader.skip();
      }
    }

    FrameScan scan(FrameKind kind) throws MalformedDataException {
      Optional<Did> did = Optional.empty();
      switch (kind) {
        case COMMIT, SYNC, IDENTITY, ACCOUNT -> {
          if (seq.isEmpty()) {
            throw missing("seq", kind);
          }
          if (repo.isEmpty()) {
            throw missing(kind == FrameKind.COMMIT ? "repo" : "did", kind);
          }
          did = Optional.of(Did.parse(repo.get()));
        }
        case INFO, ERROR -> {
          if (name.isEmpty()) {
            throw missing(kind == FrameKind.INFO ? "name" : "error", kind);
          }
        }
        case UNKNOWN -> did = repo.filter(Did::isValid).map(Did::new);
      }
      return new FrameScan(kind, seq, did, time, name, message);
    }

    private static long readSeq(DagCborReader reader) throws MalformedDataException {
      int at = reader.position();
      long value = reader.readInteger();
      if (value < 1 || value > MAX_SEQ) {
        throw new MalformedDataException(
            Kind.TOO_LARGE, at, "expected a sequence number of 1 to 2^53 - 1, found " + value);
      }
      return value;
    }

    private static Optional<String> text(DagCborReader reader) throws MalformedDataException {
      return Optional.of(reader.readText());
    }

    private static Optional<String> lenientText(DagCborReader reader)
        throws MalformedDataException {
      if (reader.peek() == DagCborReader.Type.TEXT) {
        return Optional.of(reader.readText());
      }
      reader.skip();
      return Optional.empty();
    }

    private static Optional<String> skipped(DagCborReader reader, Optional<String> kept)
        throws MalformedDataException {
      reader.skip();
      return kept;
    }

    private static MalformedDataException missing(String field, FrameKind kind) {
      return new MalformedDataException(
          Kind.MISSING_FIELD,
          -1,
          "no " + field + " in " + kind.name().toLowerCase(java.util.Locale.ROOT));
    }
  }
}
