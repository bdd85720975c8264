package courtside.feedapi.lexicon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The published lexicons, where they are, and what they say of answers. They are not the project's
 * own: they lie beside it, in {@code ../shared}. Thread-safe.
 */
public final class Lexicons {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Optional<Lexicons> PRESENT = read();

  private static final Schema ERROR =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(
              """
              {"type": "object", "additionalProperties": false, "required": ["error", "message"],
               "properties": {"error": {"type": "string", "pattern": "^[A-Za-z]+$"},
                              "message": {"type": "string", "minLength": 1}}}
              """);

  private final Path directory;
  private final Map<String, Schema> answers = new HashMap<>();

  private Lexicons(Path directory) {
    this.directory = directory;
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    LexiconSchema schema = new LexiconSchema(this::lexicon);
    for (String method :
        List.of(
            "app.bsky.feed.getFeedSkeleton",
            "app.bsky.feed.describeFeedGenerator",
            "app.bsky.feed.sendInteractions")) {
      JsonNode output = lexicon(method).path("defs").path("main").path("output").path("schema");
      answers.put(method, registry.getSchema(schema.convert(method, output)));
    }
  }

  /** Where they are read from. */
  public static Path place() {
    return Path.of(System.getProperty("courtside.root", "."), "../shared/vectors/atproto/lexicons");
  }

  private static Optional<Lexicons> read() {
    Path place = place();
    return Files.isDirectory(place) ? Optional.of(new Lexicons(place)) : Optional.empty();
  }

  /** Empty where there are none. */
  public static Optional<Lexicons> present() {
    return PRESENT;
  }

  private JsonNode lexicon(String nsid) {
    try {
      return JSON.readTree(Files.readString(directory.resolve(nsid.replace('.', '/') + ".json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is wrong with an answer of a method; nothing of one that they do not know. */
  public List<String> wrong(String method, int status, String body) {
    Schema schema = status == 200 ? answers.get(method) : ERROR;
    if (schema == null) {
      return List.of();
    }
    try {
      return schema.validate(JSON.readTree(body)).stream().map(Error::toString).toList();
    } catch (IOException e) {
      return List.of("no JSON: " + body);
    }
  }
}
