package courtside.atproto.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON objects that strangers wrote: strict UTF-8, nothing after the object, no member twice
 * in one object, at most {@link #MAX_DEPTH} levels. What two readers could take for two things is
 * refused.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>
 */
public final class JsonObjects {
  /** Deepest nesting of objects and arrays, the outermost included. */
  public static final int MAX_DEPTH = 32;

  /** Longest name of a member, in characters. */
  public static final int MAX_NAME_LENGTH = 1024;

  /** Longest number, in characters. */
  public static final int MAX_NUMBER_LENGTH = 1000;

  // Names are not kept between documents: a stranger's would fill that table, or collide in it.
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNameLength(MAX_NAME_LENGTH)
                          .maxNumberLength(MAX_NUMBER_LENGTH)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonObjects() {}

  /**
   * Reads one object.
   *
   * @param maxBytes most bytes that are looked at
   * @throws MalformedDataException {@link Kind#TOO_LARGE} if there are more bytes, {@link
   *     Kind#BAD_UTF8}, or {@link Kind#BAD_JSON} if they are not one object within the bounds
   */
  public static ObjectNode read(byte[] json, int maxBytes) throws MalformedDataException {
    if (json.length > maxBytes) {
      throw new MalformedDataException(
          Kind.TOO_LARGE,
          -1,
          "expected at most " + maxBytes + " bytes of JSON, found " + json.length);
    }
    JsonNode root;
    try {
      // From text, as from bytes the library would guess among five encodings.
      root =
          MAPPER.readTree(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString());
    } catch (CharacterCodingException e) {
      throw new MalformedDataException(
          Kind.BAD_UTF8, -1, "expected JSON in UTF-8, found other bytes");
    } catch (JsonProcessingException e) {
      // The library's own message quotes as much of the input as it likes.
      throw new MalformedDataException(
          Kind.BAD_JSON,
          -1,
          "expected one JSON object within the bounds, found something else at character "
              + (e.getLocation() == null ? 0 : e.getLocation().getCharOffset()));
    }
    if (root instanceof ObjectNode object) {
      return object;
    }
    throw new MalformedDataException(
        Kind.BAD_JSON,
        0,
        "expected a JSON object, found "
            + (root == null ? "nothing" : "a value of type " + root.getNodeType()));
  }
}
