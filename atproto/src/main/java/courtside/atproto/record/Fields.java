package courtside.atproto.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cid.Cid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The fields of a map in a record. Servers accept odd records: a field of another type than asked
 * for counts as absent, and so does an item of a list. Immutable, as nobody changes the tree.
 */
final class Fields {
  private static final String TYPE = "$type";
  private static final int TAG_LINK = 42;

  // Names are not kept between records: a stranger's would fill that table, or collide in it, and
  // then what a record reads as would depend on those that were read before it.
  private static final CBORMapper MAPPER =
      new CBORMapper(
          CBORFactory.builder()
              .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
              .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(DagCborReader.MAX_DEPTH + 1)
                      .maxStringLength(2 << 20)
                      .maxNameLength(DagCborReader.MAX_KEY_LENGTH)
                      .build())
              .build());

  private final JsonNode map;

  private Fields(JsonNode map) {
    this.map = map;
  }

  /**
   * Reads the record of a known type.
   *
   * @throws MalformedDataException {@link Kind#TOO_LARGE} beyond {@link RecordValue#MAX_BYTES},
   *     {@link Kind#WRONG_TYPE} if it is of another type, or as {@link DagCborReader#validate} does
   */
  static Fields read(Bytes record, String type) throws MalformedDataException {
    checkSize(record.length(), 0);
    byte[] dagCbor = record.toArray();
    DagCborReader.validate(dagCbor, 0, dagCbor.length);
    Fields fields = new Fields(tree(dagCbor));
    if (!fields.type().equals(type)) {
      throw wrongType(type, 0);
    }
    return fields;
  }

  private static JsonNode tree(byte[] dagCbor) throws MalformedDataException {
    try (JsonParser parser = new WithLinks(MAPPER.getFactory().createParser(dagCbor))) {
      JsonNode root = MAPPER.readTree(parser);
      return root == null ? MissingNode.getInstance() : root;
    } catch (IOException e) {
      // Canonical bytes within the limits are read; this cannot be.
      throw new MalformedDataException(Kind.UNSUPPORTED, -1, "not a DAG-CBOR record");
    }
  }

  /** Gives links as links: in a tree of Jackson's they would be byte strings like any other. */
  private static final class WithLinks extends JsonParserDelegate {
    private final CBORParser cbor;

    WithLinks(CBORParser cbor) {
      super(cbor);
      this.cbor = cbor;
    }

    @Override
    public Object getEmbeddedObject() throws IOException {
      // Asked first: taking the value may move the parser on.
      boolean link = cbor.getCurrentTag() == TAG_LINK;
      Object value = cbor.getEmbeddedObject();
      return link && value instanceof byte[] bytes ? new Link(bytes) : value;
    }
  }

  /** A link of any form, with the zero byte before it. */
  @SuppressWarnings("ArrayRecordComponent") // Lives as long as the tree, and nobody compares it.
  private record Link(byte[] bytes) {
    Optional<Cid> cid() {
      try {
        return Optional.of(Cid.read(bytes, 1, bytes.length - 1));
      } catch (MalformedDataException e) {
        return Optional.empty();
      }
    }
  }

  /**
   * Checks size and type alone of the record that stands in a buffer.
   *
   * @throws MalformedDataException as {@link #read} does
   */
  static void check(byte[] buffer, Range record, String type) throws MalformedDataException {
    checkSize(record.length(), record.offset());
    checkType(buffer, record, type);
  }

  /**
   * Checks the type alone of the record that stands in a buffer.
   *
   * @throws MalformedDataException {@link Kind#WRONG_TYPE} if it is of another type
   */
  static void checkType(byte[] buffer, Range record, String type) throws MalformedDataException {
    DagCborReader reader = new DagCborReader(buffer, record.offset(), record.end());
    int entries = reader.readMap();
    DagCborReader.Keys keys = reader.keys();
    for (int i = 0; i < entries; i++) {
      if (keys.next().equals(TYPE)) {
        if (type.equals(reader.readText())) {
          return;
        }
        break;
      }
      reader.skip();
    }
    throw wrongType(type, record.offset());
  }

  private static void checkSize(int bytes, int offset) throws MalformedDataException {
    if (bytes > RecordValue.MAX_BYTES) {
      throw new MalformedDataException(
          Kind.TOO_LARGE,
          offset,
          "expected a record of at most " + RecordValue.MAX_BYTES + " bytes, found " + bytes);
    }
  }

  private static MalformedDataException wrongType(String type, int offset) {
    return new MalformedDataException(Kind.WRONG_TYPE, offset, "expected a record of type " + type);
  }

  /** What the map says it is, or empty. */
  String type() {
    return text(TYPE);
  }

  boolean has(String name) {
    return map.has(name);
  }

  /** A text, or empty. */
  String text(String name) {
    JsonNode value = map.path(name);
    return value.isTextual() ? value.textValue() : "";
  }

  Optional<String> optionalText(String name) {
    JsonNode value = map.path(name);
    return value.isTextual() ? Optional.of(value.textValue()) : Optional.empty();
  }

  Optional<Timestamp> timestamp(String name) {
    JsonNode value = map.path(name);
    return value.isTextual() ? Optional.of(new Timestamp(value.textValue())) : Optional.empty();
  }

  /** A boolean, or false. */
  boolean flag(String name) {
    return map.path(name).booleanValue();
  }

  OptionalLong integer(String name) {
    JsonNode value = map.path(name);
    return value.isIntegralNumber() && value.canConvertToLong()
        ? OptionalLong.of(value.longValue())
        : OptionalLong.empty();
  }

  /** A link of the form that the protocol uses. */
  Optional<Cid> link(String name) {
    JsonNode value = map.path(name);
    return value instanceof POJONode node && node.getPojo() instanceof Link link
        ? link.cid()
        : Optional.empty();
  }

  Optional<Fields> map(String name) {
    JsonNode value = map.path(name);
    return value.isObject() ? Optional.of(new Fields(value)) : Optional.empty();
  }

  /** What the map of a name is read to, where there is one. */
  <T> Optional<T> map(String name, Function<Fields, Optional<T>> read) {
    JsonNode value = map.path(name);
    return value.isObject() ? read.apply(new Fields(value)) : Optional.empty();
  }

  /** What the maps of a list are read to. */
  <T> List<T> maps(String name, Function<Fields, Optional<T>> read) {
    JsonNode list = map.path(name);
    if (!list.isArray() || list.isEmpty()) {
      return List.of();
    }
    List<T> items = new ArrayList<>(list.size());
    for (JsonNode item : list) {
      if (item.isObject()) {
        read.apply(new Fields(item)).ifPresent(items::add);
      }
    }
    return List.copyOf(items);
  }

  /** The values of self-labels, whatever the union says they are: none as a rule. */
  List<String> selfLabels(String name) {
    return map(name)
        .map(labels -> labels.maps("values", label -> label.optionalText("val")))
        .orElse(List.of());
  }

  /** The texts of a list. */
  List<String> texts(String name) {
    JsonNode list = map.path(name);
    if (!list.isArray() || list.isEmpty()) {
      return List.of();
    }
    List<String> items = new ArrayList<>(list.size());
    for (JsonNode item : list) {
      if (item.isTextual()) {
        items.add(item.textValue());
      }
    }
    return List.copyOf(items);
  }
}
