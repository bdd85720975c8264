package courtside.feedapi.lexicon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Function;

/**
 * A lexicon's schema as JSON Schema. Stricter than the lexicon in one thing: what it does not name
 * must not be there, as no answer of ours has a reason to say more.
 */
final class LexiconSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String DID = "did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]";

  private final Function<String, JsonNode> lexicons;

  /**
   * Converts by these.
   *
   * @param lexicons each by its NSID
   */
  LexiconSchema(Function<String, JsonNode> lexicons) {
    this.lexicons = lexicons;
  }

  /**
   * Converts a schema.
   *
   * @param home the NSID of the lexicon that it stands in
   */
  ObjectNode convert(String home, JsonNode schema) {
    String type = schema.path("type").asText();
    return switch (type) {
      case "object" -> object(home, schema);
      case "array" -> {
        ObjectNode array = JSON.objectNode().put("type", "array");
        array.set("items", convert(home, schema.path("items")));
        yield array;
      }
      case "string" -> string(schema);
      case "integer", "boolean" -> JSON.objectNode().put("type", type);
      case "ref" -> referred(home, schema.path("ref").asText());
      case "union" -> union(home, schema);
      default -> throw new AssertionError("a kind of schema that is not known: " + type);
    };
  }

  private ObjectNode object(String home, JsonNode schema) {
    ObjectNode object = JSON.objectNode().put("type", "object");
    object.put("additionalProperties", false);
    object.set("required", schema.path("required").deepCopy());
    if (!object.path("required").isArray()) {
      object.putArray("required");
    }
    ObjectNode properties = object.putObject("properties");
    schema
        .path("properties")
        .properties()
        .forEach(property -> properties.set(property.getKey(), convert(home, property.getValue())));
    return object;
  }

  private static ObjectNode string(JsonNode schema) {
    ObjectNode string = JSON.objectNode().put("type", "string");
    if (schema.has("maxLength")) {
      string.put("maxLength", schema.get("maxLength").intValue());
    }
    switch (schema.path("format").asText()) {
      case "" -> {}
      case "did" -> string.put("pattern", "^" + DID + "$");
      case "at-uri" ->
          string.put("pattern", "^at://" + DID + "/[a-zA-Z0-9.-]+/[A-Za-z0-9._:~-]{1,512}$");
      default -> throw new AssertionError("a format that is not known: " + schema.get("format"));
    }
    return string;
  }

  private ObjectNode referred(String home, String reference) {
    int hash = reference.indexOf('#');
    String lexicon = hash == 0 ? home : hash < 0 ? reference : reference.substring(0, hash);
    String name = hash < 0 ? "main" : reference.substring(hash + 1);
    JsonNode found = lexicons.apply(lexicon).path("defs").path(name);
    if (found.isMissingNode()) {
      throw new AssertionError("there is no " + reference + " in " + lexicon);
    }
    return convert(lexicon, found);
  }

  private ObjectNode union(String home, JsonNode schema) {
    ObjectNode union = JSON.objectNode();
    ArrayNode kinds = union.putArray("oneOf");
    schema
        .path("refs")
        .forEach(reference -> {
          String text = reference.asText();
          ObjectNode kind = referred(home, text);
          ((ObjectNode) kind.path("properties"))
              .putObject("$type")
              .put("const", text.startsWith("#") ? home + text : text);
          ((ArrayNode) kind.path("required")).add("$type");
          kinds.add(kind);
        });
    return union;
  }
}
