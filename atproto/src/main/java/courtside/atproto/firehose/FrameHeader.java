package courtside.atproto.firehose;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The first of a frame's two items. */
final class FrameHeader {
  /** What nearly every frame begins with: a header without other fields has one encoding. */
  private static final byte[] OF_COMMIT =
      DagCborWriter.write(Map.of("op", 1, "t", FrameKind.COMMIT.type()));

  private FrameHeader() {}

  /** Reads the header and leaves the reader at the body. */
  static FrameKind read(DagCborReader reader) throws MalformedDataException {
    if (reader.readIf(OF_COMMIT)) {
      return FrameKind.COMMIT;
    }
    int entries = reader.readMap();
    DagCborReader.Keys keys = reader.keys();
    @Nullable String type = null;
    @Nullable Long operation = null;
    for (int i = 0; i < entries; i++) {
      switch (keys.next()) {
        case "t" -> type = reader.readText();
        case "op" -> operation = reader.readInteger();
        default -> reader.skip();
      }
    }
    if (operation == null) {
      throw new MalformedDataException(Kind.MISSING_FIELD, 0, "no op in the header of a frame");
    }
    if (operation == -1) {
      return FrameKind.ERROR;
    }
    if (operation != 1) {
      return FrameKind.UNKNOWN;
    }
    if (type == null) {
      throw new MalformedDataException(Kind.MISSING_FIELD, 0, "no t in the header of a message");
    }
    return FrameKind.ofType(type);
  }
}
