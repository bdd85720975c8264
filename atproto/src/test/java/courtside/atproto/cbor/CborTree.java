package courtside.atproto.cbor;

import courtside.atproto.MalformedDataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decodes bytes to the values that {@link DagCborWriter} takes. */
public final class CborTree {
  private final byte[] buffer;
  private final DagCborReader reader;

  private CborTree(byte[] buffer) {
    this.buffer = buffer;
    this.reader = new DagCborReader(buffer);
  }

  /** The one value that the bytes are. */
  public static @Nullable Object read(byte[] buffer) throws MalformedDataException {
    CborTree tree = new CborTree(buffer);
    Object value = tree.value();
    tree.reader.expectEnd();
    return value;
  }

  private @Nullable Object value() throws MalformedDataException {
    return switch (reader.peek()) {
      case INTEGER -> reader.readInteger();
      case BYTES -> reader.readBytes().of(buffer);
      case TEXT -> reader.readText();
      case LINK -> reader.readLink();
      case BOOLEAN -> reader.readBoolean();
      case NULL -> {
        reader.readNull();
        yield null;
      }
      case ARRAY -> {
        int count = reader.readArray();
        List<@Nullable Object> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          items.add(value());
        }
        yield items;
      }
      case MAP -> {
        int count = reader.readMap();
        DagCborReader.Keys keys = reader.keys();
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
          String key = keys.next();
          entries.put(key, value());
        }
        yield entries;
      }
    };
  }
}
