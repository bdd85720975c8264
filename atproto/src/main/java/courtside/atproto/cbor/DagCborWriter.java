package courtside.atproto.cbor;

import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import courtside.atproto.Bytes;
import courtside.atproto.cid.Cid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes values in their one canonical encoding, by Jackson CBOR. Values are built of {@link Map}
 * with {@link String} keys, {@link List}, {@link String}, {@link Integer}, {@link Long}, {@link
 * Boolean}, {@link Bytes}, {@link Cid} and null. Thread-safe: holds no state.
 *
 * @see <a href="https://dasl.ing/drisl.html">DRISL</a>
 */
public final class DagCborWriter {
  private static final CBORFactory FACTORY = new CBORFactory();
  private static final int TAG_LINK = 42;

  private static final Comparator<byte[]> KEY_ORDER =
      Comparator.<byte[]>comparingInt(key -> key.length).thenComparing(Arrays::compareUnsigned);

  private DagCborWriter() {}

  /**
   * The encoding of one value.
   *
   * @throws IllegalArgumentException if a part of it is of no type of the data model
   */
  public static byte[] write(@Nullable Object value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CBORGenerator generator = FACTORY.createGenerator(out)) {
      write(generator, value);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  private static void write(CBORGenerator out, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case Boolean b -> out.writeBoolean(b);
      case Integer i -> out.writeNumber(i.longValue());
      case Long l -> out.writeNumber(l);
      case String text -> writeText(out, text);
      case Bytes bytes -> out.writeBinary(bytes.toArray());
      case Cid cid -> writeLink(out, cid);
      case List<?> items -> {
        out.writeStartArray(items, items.size());
        for (Object item : items) {
          write(out, item);
        }
        out.writeEndArray();
      }
      case Map<?, ?> entries -> writeMap(out, entries);
      default -> throw new IllegalArgumentException("not of the data model: " + value.getClass());
    }
  }

  private static void writeMap(CBORGenerator out, Map<?, ?> entries) throws IOException {
    List<Map.Entry<?, ?>> sorted = new ArrayList<>(entries.entrySet());
    sorted.sort(Comparator.comparing(entry -> utf8(entry.getKey()), KEY_ORDER));
    out.writeStartObject(entries, sorted.size());
    for (Map.Entry<?, ?> entry : sorted) {
      // As its UTF-8: Jackson writes long names, too, in chunks where it is given characters.
      out.writeFieldName(new SerializedString((String) entry.getKey()));
      write(out, entry.getValue());
    }
    out.writeEndObject();
  }

  private static byte[] utf8(@Nullable Object key) {
    if (key instanceof String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    throw new IllegalArgumentException("the key of a map must be a text: " + key);
  }

  /**
   * As UTF-8 of known length: Jackson writes long character strings in chunks, which no one may.
   */
  private static void writeText(CBORGenerator out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeUTF8String(utf8, 0, utf8.length);
  }

  private static void writeLink(CBORGenerator out, Cid cid) throws IOException {
    byte[] bytes = new byte[Cid.LENGTH + 1];
    System.arraycopy(cid.toBytes(), 0, bytes, 1, Cid.LENGTH);
    out.writeTag(TAG_LINK);
    out.writeBinary(bytes);
  }
}
