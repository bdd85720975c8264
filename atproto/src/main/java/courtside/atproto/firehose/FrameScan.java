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
 * not opened. Of #info, of errors and of kinds that are not known nothing but the header is
 * required: what is not as it should be counts as absent. Immutable.
 *
 * @param seq the sequence number; absent on #info, on errors and on unknown frames without one
 * @param repo the account; absent where the frame names none
 * @param time the frame's own time as text, never to be trusted
 * @param name the name of an error or an #info, where it has one
 * @param message the message of an error or an #info, where it has one
 * @see <a href="https://atproto.com/specs/event-stream">Event Stream</a>
 */
public record FrameScan(
    FrameKind kind,
    OptionalLong seq,
    Optional<Did> repo,
    Optional<String> time,
    Optional<String> name,
    Optional<String> message) {

  /**
   * Scans one frame.
   *
   * @throws MalformedDataException if it is not canonical, or lacks what its kind must have
   */
  public static FrameScan of(byte[] frame) throws MalformedDataException {
    DagCborReader reader = new DagCborReader(frame);
    FrameKind kind = FrameHeader.read(reader);
    Fields body = new Fields(kind);
    if (reader.peek() == DagCborReader.Type.MAP) {
      int entries = reader.readMap();
      DagCborReader.Keys keys = reader.keys();
      for (int i = 0; i < entries; i++) {
        body.field(keys.next(), reader);
      }
    } else if (isSequenced(kind)) {
      throw new MalformedDataException(
          Kind.WRONG_TYPE, reader.position(), "expected a map as the body of a frame");
    } else {
      reader.skip();
    }
    reader.expectEnd();
    return body.scan();
  }

  /** Whether frames of a kind are events of the stream, which have a number and an account. */
  private static boolean isSequenced(FrameKind kind) {
    return switch (kind) {
      case COMMIT, SYNC, IDENTITY, ACCOUNT -> true;
      case INFO, ERROR, UNKNOWN -> false;
    };
  }

  /** Gathers the fields of a body. */
  private static final class Fields {
    private final FrameKind kind;
    private OptionalLong seq = OptionalLong.empty();
    private Optional<String> repo = Optional.empty();
    private Optional<String> time = Optional.empty();
    private Optional<String> name = Optional.empty();
    private Optional<String> message = Optional.empty();

    Fields(FrameKind kind) {
      this.kind = kind;
    }

    void field(String key, DagCborReader reader) throws MalformedDataException {
      switch (key) {
        case "seq" -> {
          if (isSequenced(kind)) {
            seq = OptionalLong.of(readSeq(reader));
          } else if (kind == FrameKind.UNKNOWN) {
            seq = readSeqIfAny(reader);
          } else {
            reader.skip();
          }
        }
        case "repo" -> {
          if (kind == FrameKind.COMMIT) {
            repo = Optional.of(reader.readText());
          } else {
            reader.skip();
          }
        }
        case "did" -> {
          if (kind == FrameKind.COMMIT) {
            reader.skip();
          } else {
            repo = reader.readIfText();
          }
        }
        case "time" -> time = reader.readIfText();
        case "name" -> name = kind == FrameKind.INFO ? reader.readIfText() : skipped(reader);
        case "error" -> name = kind == FrameKind.ERROR ? reader.readIfText() : skipped(reader);
        case "message" -> message = reader.readIfText();
        default -> reader.skip();
      }
    }

    FrameScan scan() throws MalformedDataException {
      return new FrameScan(kind, seq, did(), time, name, message);
    }

    private Optional<Did> did() throws MalformedDataException {
      if (!isSequenced(kind)) {
        return repo.filter(Did::isValid).map(Did::new);
      }
      if (seq.isEmpty()) {
        throw missing("seq");
      }
      if (repo.isEmpty()) {
        throw missing(kind == FrameKind.COMMIT ? "repo" : "did");
      }
      return Optional.of(Did.parse(repo.get()));
    }

    private static long readSeq(DagCborReader reader) throws MalformedDataException {
      int at = reader.position();
      return Body.checkSeq(reader.readInteger(), at);
    }

    /** An unknown kind may use the name for something else. */
    private static OptionalLong readSeqIfAny(DagCborReader reader) throws MalformedDataException {
      if (reader.peek() != DagCborReader.Type.INTEGER) {
        reader.skip();
        return OptionalLong.empty();
      }
      long value = reader.readInteger();
      return Body.isSeq(value) ? OptionalLong.of(value) : OptionalLong.empty();
    }

    /** Passes over a field that this kind uses for nothing, and leaves the name as it is. */
    private Optional<String> skipped(DagCborReader reader) throws MalformedDataException {
      reader.skip();
      return name;
    }

    private MalformedDataException missing(String field) {
      return new MalformedDataException(
          Kind.MISSING_FIELD,
          -1,
          "no " + field + " in " + kind.name().toLowerCase(java.util.Locale.ROOT));
    }
  }
}
