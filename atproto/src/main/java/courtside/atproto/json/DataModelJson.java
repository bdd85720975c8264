package courtside.atproto.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cid.Cid;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of the data model, to and from the values that {@link
 * courtside.atproto.cbor.DagCborWriter} takes: a link is {@code {"$link": "bafy…"}}, bytes are
 * {@code {"$bytes": "…"}} in base64, and a number is an integer of 64 bits, be it written {@code
 * 123.0}. Thread-safe: holds no state.
 *
 * <p>What is read has one DAG-CBOR encoding, which {@link DagCborReader} takes; what is written
 * reads back equal. Links are of the form that {@link Cid} has, and no other.
 *
 * @see <a href="https://atproto.com/specs/data-model#json-representation">JSON representation</a>
 */
public final class DataModelJson {
  /** Longest text that is read or written: in bytes where it is bytes, else in characters. */
  public static final int MAX_LENGTH = 2 << 20;

  /** Most entries of one map, and items of one list. */
  public static final int MAX_ENTRIES = 131_072;

  /** Longest number, in characters. An integer that is written as one has twenty. */
  public static final int MAX_NUMBER_LENGTH = 100;

  private static final int MAX_DEPTH = DagCborReader.MAX_DEPTH;

  private static final String LINK = "$link";
  private static final String BYTES = "$bytes";
  private static final String TYPE = "$type";

  // Names are not kept between texts: a stranger's would fill that table, or collide in it.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  // Behind the check here, which counts a link and bytes as values without depth.
                  .maxNestingDepth(MAX_DEPTH + 2)
                  .maxStringLength(MAX_LENGTH)
                  .maxNameLength(DagCborReader.MAX_KEY_LENGTH)
                  .maxNumberLength(MAX_NUMBER_LENGTH)
                  .maxDocumentLength(MAX_LENGTH)
                  .build())
          .build();

  private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

  private DataModelJson() {}

  /**
   * Reads one object, in UTF-8. Maps and lists of the value can be changed, and keep the order of
   * the text.
   *
   * @throws MalformedDataException {@link Kind#BAD_UTF8}, or as for {@link #read(String)}
   */
  public static Map<String, @Nullable Object> read(byte[] json) throws MalformedDataException {
    checkLength(json.length);
    try {
      // From text, as from bytes the library would guess among five encodings.
      return read(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString());
    } catch (CharacterCodingException e) {
      throw new MalformedDataException(Kind.BAD_UTF8, -1, "expected JSON in UTF-8");
    }
  }

  /**
   * Reads one object. Maps and lists of the value can be changed, and keep the order of the text.
   *
   * @throws MalformedDataException {@link Kind#TOO_LARGE} or {@link Kind#TOO_DEEP} beyond a limit,
   *     {@link Kind#BAD_JSON} if the text is not one object of the data model
   */
  public static Map<String, @Nullable Object> read(String json) throws MalformedDataException {
    checkLength(json.length());
    try (JsonParser parser = FACTORY.createParser(json)) {
      return new Reading(parser).document();
    } catch (StreamConstraintsException e) {
      throw new MalformedDataException(
          Kind.TOO_LARGE, -1, "a number, text or key longer than its limit" + where(e));
    } catch (JsonProcessingException e) {
      // Its own message quotes as much of the text as it likes.
      throw new MalformedDataException(Kind.BAD_JSON, -1, "expected JSON" + where(e));
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
  }

  /**
   * Writes an object of the data model, its maps in their own order, without white space.
   *
   * @throws MalformedDataException if there is no JSON that would be read as this value: {@link
   *     Kind#BAD_JSON} where a map would be taken for a link, or for bytes, or breaks a rule that
   *     reading holds; {@link Kind#TOO_LARGE} or {@link Kind#TOO_DEEP} beyond a limit
   * @throws IllegalArgumentException if a part of it is of no type of the data model
   */
  public static String write(Map<String, ? extends @Nullable Object> value)
      throws MalformedDataException {
    StringWriter out = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      write(generator, value, 0);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    String json = out.toString();
    checkLength(json.length());
    return json;
  }

  /** As {@link #write}, in UTF-8. */
  public static byte[] writeBytes(Map<String, ? extends @Nullable Object> value)
      throws MalformedDataException {
    byte[] json = write(value).getBytes(StandardCharsets.UTF_8);
    checkLength(json.length);
    return json;
  }

  private static void checkLength(int length) throws MalformedDataException {
    if (length > MAX_LENGTH) {
      throw new MalformedDataException(
          Kind.TOO_LARGE, -1, "expected JSON of at most " + MAX_LENGTH + ", found " + length);
    }
  }

  private static String where(JsonProcessingException e) {
    return e.getLocation() == null ? "" : at(e.getLocation().getCharOffset());
  }

  private static String at(long character) {
    return " (at character " + character + ")";
  }

  /** What is wrong with a map whose values are of the data model; null where nothing is. */
  private static @Nullable String fault(Map<?, ?> entries) {
    if (!entries.containsKey(TYPE)) {
      return null;
    }
    if (!(entries.get(TYPE) instanceof String type) || type.isEmpty()) {
      return "expected a text that is not empty as $type";
    }
    boolean fine =
        !type.equals("blob")
            || (entries.get("ref") instanceof Cid
                && entries.get("mimeType") instanceof String
                && (entries.get("size") instanceof Long || entries.get("size") instanceof Integer));
    return fine ? null : "expected a blob with a link as ref, a text as mimeType, a number as size";
  }

  /** Whether UTF-8 has a form of it: no half of a surrogate pair stands alone. */
  private static boolean isWhole(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (i + 1 == text.length()
            || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private static void write(JsonGenerator out, @Nullable Object value, int depth)
      throws IOException, MalformedDataException {
    if (depth > MAX_DEPTH) {
      throw new MalformedDataException(Kind.TOO_DEEP, -1, "nested deeper than " + MAX_DEPTH);
    }
    switch (value) {
      case null -> out.writeNull();
      case Boolean b -> out.writeBoolean(b);
      case Integer i -> out.writeNumber(i);
      case Long l -> out.writeNumber(l);
      case String text -> out.writeString(whole(text));
      case Bytes bytes -> writeForm(out, BYTES, BASE64.encodeToString(bytes.toArray()));
      case Cid cid -> writeForm(out, LINK, cid.toString());
      case List<?> items -> {
        checkRoom(items.size());
        out.writeStartArray();
        for (Object item : items) {
          write(out, item, depth + 1);
        }
        out.writeEndArray();
      }
      case Map<?, ?> entries -> writeMap(out, entries, depth);
      default -> throw new IllegalArgumentException("not of the data model: " + value.getClass());
    }
  }

  private static void writeForm(JsonGenerator out, String key, String text) throws IOException {
    out.writeStartObject();
    out.writeStringField(key, text);
    out.writeEndObject();
  }

  private static void writeMap(JsonGenerator out, Map<?, ?> entries, int depth)
      throws IOException, MalformedDataException {
    checkRoom(entries.size());
    String fault =
        entries.containsKey(LINK) || entries.containsKey(BYTES)
            ? "expected no map with the key $link or $bytes"
            : fault(entries);
    if (fault != null) {
      throw new MalformedDataException(Kind.BAD_JSON, -1, fault);
    }
    out.writeStartObject();
    for (Map.Entry<?, ?> entry : entries.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw new IllegalArgumentException("the key of a map must be a text: " + entry.getKey());
      }
      checkKey(key);
      out.writeFieldName(whole(key));
      write(out, entry.getValue(), depth + 1);
    }
    out.writeEndObject();
  }

  private static String whole(String text) {
    if (!isWhole(text)) {
      throw new IllegalArgumentException("half of a surrogate pair in a text");
    }
    return text;
  }

  private static void checkRoom(int entries) throws MalformedDataException {
    if (entries > MAX_ENTRIES) {
      throw new MalformedDataException(
          Kind.TOO_LARGE, -1, "more than " + MAX_ENTRIES + " entries of one map or list");
    }
  }

  private static void checkKey(String key) throws MalformedDataException {
    if (key.getBytes(StandardCharsets.UTF_8).length > DagCborReader.MAX_KEY_LENGTH) {
      throw new MalformedDataException(
          Kind.TOO_LARGE, -1, "a key of more than " + DagCborReader.MAX_KEY_LENGTH + " bytes");
    }
  }

  /** What an object is read to, but for those that stand for a link or for bytes. */
  private static final class Entries extends LinkedHashMap<String, @Nullable Object> {
    private static final long serialVersionUID = 1L;
  }

  /** Reads one text. */
  private static final class Reading {
    private final JsonParser parser;

    Reading(JsonParser parser) {
      this.parser = parser;
    }

    Map<String, @Nullable Object> document() throws IOException, MalformedDataException {
      if (parser.nextToken() == JsonToken.START_OBJECT
          && object(0) instanceof Entries entries
          && parser.nextToken() == null) {
        return entries;
      }
      throw malformed("expected one object, neither a link nor bytes");
    }

    private @Nullable Object value(JsonToken token, int depth)
        throws IOException, MalformedDataException {
      if (depth > MAX_DEPTH) {
        throw new MalformedDataException(
            Kind.TOO_DEEP, -1, "nested deeper than " + MAX_DEPTH + here());
      }
      return switch (token) {
        case START_OBJECT -> object(depth);
        case START_ARRAY -> list(depth);
        case VALUE_STRING -> text(parser.getText());
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> integer();
        case VALUE_TRUE -> true;
        case VALUE_FALSE -> false;
        case VALUE_NULL -> null;
        default -> throw malformed("expected a value");
      };
    }

    private Object object(int depth) throws IOException, MalformedDataException {
      Entries entries = new Entries();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        checkRoom(entries.size() + 1);
        String key = key();
        JsonToken token = parser.nextToken();
        boolean form = key.equals(LINK) || key.equals(BYTES);
        if (form && token != JsonToken.VALUE_STRING) {
          throw malformed("expected a text as " + key);
        }
        // The text of a link stands in an object of its own, which the value has not.
        Object value = value(token, form ? depth : depth + 1);
        if (entries.containsKey(key)) {
          throw malformed("expected each key of an object once");
        }
        entries.put(key, value);
      }
      if (entries.get(LINK) instanceof String text) {
        checkAlone(LINK, entries);
        return link(text);
      }
      if (entries.get(BYTES) instanceof String text) {
        checkAlone(BYTES, entries);
        return bytes(text);
      }
      String fault = fault(entries);
      if (fault != null) {
        throw malformed(fault);
      }
      return entries;
    }

    private List<@Nullable Object> list(int depth) throws IOException, MalformedDataException {
      List<@Nullable Object> items = new ArrayList<>();
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        checkRoom(items.size() + 1);
        items.add(value(token, depth + 1));
      }
      return items;
    }

    private String key() throws IOException, MalformedDataException {
      String key = text(parser.currentName());
      checkKey(key);
      return key;
    }

    private String text(String text) throws MalformedDataException {
      if (!isWhole(text)) {
        throw malformed("expected text, found half of a surrogate pair");
      }
      return text;
    }

    private void checkAlone(String key, Entries entries) throws MalformedDataException {
      if (entries.size() != 1) {
        throw malformed("expected " + key + " alone");
      }
    }

    private Cid link(String text) throws MalformedDataException {
      try {
        return Cid.parse(text);
      } catch (MalformedDataException e) {
        throw malformed("as $link: " + e.getMessage());
      }
    }

    private Bytes bytes(String text) throws MalformedDataException {
      try {
        byte[] bytes = Base64.getDecoder().decode(text);
        // The decoder passes over bits beyond the last byte, which would make two texts one.
        if (text.startsWith(BASE64.encodeToString(bytes))) {
          return Bytes.of(bytes);
        }
      } catch (IllegalArgumentException e) {
        // As is said below.
      }
      throw malformed("expected base64 as $bytes");
    }

    private long integer() throws IOException, MalformedDataException {
      try {
        // No more digits than the library lets through, and an exponent is not worked out.
        return new BigDecimal(parser.getText()).longValueExact();
      } catch (ArithmeticException | NumberFormatException e) {
        throw malformed("expected an integer of 64 bits");
      }
    }

    private MalformedDataException malformed(String message) {
      return new MalformedDataException(Kind.BAD_JSON, -1, message + here());
    }

    private String here() {
      return at(parser.currentTokenLocation().getCharOffset());
    }
  }
}
