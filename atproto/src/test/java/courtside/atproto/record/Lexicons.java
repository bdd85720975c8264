package courtside.atproto.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.SharedFiles;
import courtside.atproto.cid.Cid;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What of a record the network's lexicons know: the fields that they name, where they are of the
 * type that they say. Read from the lexicons themselves, as the reader of records is not. As
 * lenient as that deliberately is: self-labels need not say what they are, nor images of a gallery.
 */
final class Lexicons {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** It is not among the lexicons that are at hand. */
  private static final String FOLLOW =
      """
      {"defs": {"main": {"type": "record", "record": {"type": "object", "properties": {
        "subject": {"type": "string", "format": "did"},
        "createdAt": {"type": "string", "format": "datetime"},
        "via": {"type": "ref", "ref": "com.atproto.repo.strongRef"}}}}}}
      """;

  private static final String SELF_LABELS = "com.atproto.label.defs#selfLabels";
  private static final String GALLERY_IMAGE = "app.bsky.embed.gallery#image";

  private final Map<String, JsonNode> documents = new HashMap<>();

  /** What is left of a record of the type. */
  Map<String, Object> prune(String type, Map<?, ?> record) throws IOException {
    Object pruned = prune(type, definition(type, "main").path("record"), record).orElseThrow();
    Map<String, Object> fields = new TreeMap<>();
    ((Map<?, ?>) pruned).forEach((name, value) -> fields.put((String) name, value));
    fields.put("$type", type);
    return fields;
  }

  private Optional<Object> prune(String document, JsonNode schema, @Nullable Object value)
      throws IOException {
    return switch (schema.path("type").asText()) {
      case "string" -> Optional.ofNullable(value).filter(String.class::isInstance);
      case "integer" -> Optional.ofNullable(value).filter(Long.class::isInstance);
      case "boolean" -> Optional.ofNullable(value).filter(Boolean.class::isInstance);
      case "blob" -> value instanceof Map<?, ?> map ? blob(map) : Optional.empty();
      case "array" ->
          value instanceof List<?> list
              ? Optional.of(items(document, schema.path("items"), list))
              : Optional.empty();
      case "object" -> object(document, schema, value);
      case "union" -> union(document, schema, value);
      case "ref" -> {
        Reference reference = Reference.of(document, schema.path("ref").asText());
        yield prune(reference.document, definition(reference.document, reference.name), value);
      }
      default -> throw new AssertionError("a schema of type " + schema.path("type"));
    };
  }

  private List<Object> items(String document, JsonNode schema, List<?> list) throws IOException {
    List<Object> items = new ArrayList<>();
    for (Object item : list) {
      prune(document, schema, item).ifPresent(items::add);
    }
    return items;
  }

  private Optional<Object> object(String document, JsonNode schema, @Nullable Object value)
      throws IOException {
    if (!(value instanceof Map<?, ?> map)) {
      return Optional.empty();
    }
    Map<String, Object> fields = new TreeMap<>();
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      if (property.getKey().equals("entities")) {
        // Facets as they were in the beginning; nothing reads them any more.
        continue;
      }
      prune(document, property.getValue(), map.get(property.getKey()))
          .ifPresent(field -> fields.put(property.getKey(), field));
    }
    return Optional.of(fields);
  }

  /** Of what is not known its type is; what has none is nothing. */
  private Optional<Object> union(String document, JsonNode schema, @Nullable Object value)
      throws IOException {
    if (!(value instanceof Map<?, ?> map)) {
      return Optional.empty();
    }
    Object named = map.get("$type");
    Reference first = Reference.of(document, schema.path("refs").path(0).asText());
    boolean assumed =
        first.toString().equals(SELF_LABELS)
            || (first.toString().equals(GALLERY_IMAGE)
                && (!(named instanceof String text) || text.isEmpty()));
    String type = assumed ? first.toString() : named instanceof String text ? text : "";
    if (type.isEmpty()) {
      return Optional.empty();
    }
    for (JsonNode ref : schema.path("refs")) {
      Reference reference = Reference.of(document, ref.asText());
      if (type.equals(reference.toString())) {
        Map<Object, Object> fields = new TreeMap<>();
        fields.putAll(
            (Map<?, ?>)
                prune(reference.document, definition(reference.document, reference.name), value)
                    .orElseThrow());
        fields.put("$type", type);
        return Optional.of(fields);
      }
    }
    return Optional.of(Map.of("$type", type));
  }

  private static Optional<Object> blob(Map<?, ?> blob) {
    Map<String, Object> fields = new TreeMap<>();
    if (blob.get("mimeType") instanceof String mimeType) {
      fields.put("mimeType", mimeType);
    }
    if (!blob.containsKey("$type") && blob.get("cid") instanceof String cid && isCid(cid)) {
      fields.put("cid", cid);
    } else if ("blob".equals(blob.get("$type")) && blob.get("ref") instanceof Cid ref) {
      fields.put("$type", "blob");
      fields.put("ref", ref);
      if (blob.get("size") instanceof Long size) {
        fields.put("size", size);
      }
    } else {
      return Optional.empty();
    }
    return Optional.of(fields);
  }

  private static boolean isCid(String text) {
    return text.matches("ba(fk|fy)rei[a-z2-7]{52}");
  }

  private JsonNode definition(String document, String name) throws IOException {
    JsonNode whole = documents.get(document);
    if (whole == null) {
      whole =
          JSON.readTree(
              document.equals(Follow.TYPE)
                  ? FOLLOW
                  : Files.readString(
                      SharedFiles.find(
                          "vectors/atproto/lexicons/" + document.replace('.', '/') + ".json")));
      documents.put(document, whole);
    }
    return whole.path("defs").path(name);
  }

  private record Reference(String document, String name) {
    static Reference of(String within, String ref) {
      int hash = ref.indexOf('#');
      return hash < 0
          ? new Reference(ref, "main")
          : new Reference(hash == 0 ? within : ref.substring(0, hash), ref.substring(hash + 1));
    }

    @Override
    public String toString() {
      return name.equals("main") ? document : document + "#" + name;
    }
  }
}
