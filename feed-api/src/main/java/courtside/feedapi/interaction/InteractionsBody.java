package courtside.feedapi.interaction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.json.JsonObjects;
import courtside.atproto.syntax.AtUri;
import courtside.eventlog.feed.Interaction;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of {@code app.bsky.feed.sendInteractions}. Members that nobody knows are passed
 * over. One that stands twice in an object is refused, as two readers could take it for two things;
 * so is null, which the lexicon does not have: what is not there is left out. An interaction
 * without an event says nothing and is left out too.
 *
 * @see <a
 *     href="https://docs.bsky.app/docs/api/app-bsky-feed-send-interactions">sendInteractions</a>
 */
public final class InteractionsBody {
  /** Largest body, in bytes. */
  public static final int MAX_BYTES = 64 << 10;

  /** Most interactions in one body, those without an event counted. */
  public static final int MAX_INTERACTIONS = 500;

  /** Longest event, in UTF-8 bytes: the name of a definition fits. */
  public static final int MAX_EVENT_BYTES = 512;

  /** Longest context of a feed, in UTF-8 bytes, by the lexicon. */
  public static final int MAX_CONTEXT_BYTES = 2_000;

  /** Longest id of a request, in UTF-8 bytes, by the lexicon. */
  public static final int MAX_REQUEST_ID_BYTES = 100;

  private InteractionsBody() {}

  /**
   * Reads a body.
   *
   * @param json the body's bytes
   * @return the interactions that have an event, in the order of the body; may be none
   * @throws MalformedDataException if it is not what the lexicon says, or out of bounds; the
   *     message says what was expected where, and may be shown to whoever sent it
   */
  public static List<Interaction> read(byte[] json) throws MalformedDataException {
    ObjectNode root = JsonObjects.read(json, MAX_BYTES);
    Optional<String> feed = uri(root, "feed", "");
    JsonNode listed = root.get("interactions");
    if (listed == null) {
      throw new MalformedDataException(
          Kind.MISSING_FIELD, -1, "expected a list as 'interactions', found none");
    }
    if (!listed.isArray()) {
      throw wrongType("a list", "'interactions'", listed);
    }
    if (listed.size() > MAX_INTERACTIONS) {
      throw new MalformedDataException(
          Kind.TOO_LARGE,
          -1,
          "expected at most %d interactions, found %d".formatted(MAX_INTERACTIONS, listed.size()));
    }
    List<Interaction> interactions = new ArrayList<>(listed.size());
    for (int n = 0; n < listed.size(); n++) {
      interaction(feed, listed.path(n), "interactions[" + n + "]").ifPresent(interactions::add);
    }
    return List.copyOf(interactions);
  }

  private static Optional<Interaction> interaction(
      Optional<String> feed, JsonNode found, String where) throws MalformedDataException {
    if (!(found instanceof ObjectNode object)) {
      throw wrongType("an object", where, found);
    }
    String within = where + ".";
    Optional<String> item = uri(object, "item", within);
    Optional<String> event = text(object, "event", within, MAX_EVENT_BYTES);
    Optional<String> context = text(object, "feedContext", within, MAX_CONTEXT_BYTES);
    Optional<String> request = text(object, "reqId", within, MAX_REQUEST_ID_BYTES);
    if (event.isPresent() && event.get().isBlank()) {
      throw new MalformedDataException(
          Kind.BAD_IDENTIFIER,
          -1,
          "expected the name of an event as '" + within + "event', found nothing");
    }
    return event.map(named -> new Interaction(feed, item, named, context, request));
  }

  private static Optional<String> uri(ObjectNode object, String name, String within)
      throws MalformedDataException {
    JsonNode found = object.get(name);
    if (found == null) {
      return Optional.empty();
    }
    String text = textOf(found, name, within);
    try {
      return Optional.of(AtUri.parse(text).toString());
    } catch (MalformedDataException e) {
      throw new MalformedDataException(
          e.kind(), -1, "for '" + within + name + "': " + e.getMessage());
    }
  }

  private static Optional<String> text(ObjectNode object, String name, String within, int most)
      throws MalformedDataException {
    JsonNode found = object.get(name);
    if (found == null) {
      return Optional.empty();
    }
    String text = textOf(found, name, within);
    int bytes = length(text, within + name);
    if (bytes > most) {
      throw new MalformedDataException(
          Kind.TOO_LARGE,
          -1,
          "expected at most %d bytes of text as '%s%s', found %d"
              .formatted(most, within, name, bytes));
    }
    return Optional.of(text);
  }

  private static String textOf(JsonNode found, String name, String within)
      throws MalformedDataException {
    @Nullable String text = found.textValue();
    if (text == null) {
      throw wrongType("text", "'" + within + name + "'", found);
    }
    return text;
  }

  /** In UTF-8 bytes. JSON can name half of a character, which no record can hold. */
  private static int length(String text, String where) throws MalformedDataException {
    try {
      return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text)).remaining();
    } catch (CharacterCodingException e) {
      throw new MalformedDataException(
          Kind.BAD_UTF8, -1, "expected Unicode text as '" + where + "', found half of a character");
    }
  }

  private static MalformedDataException wrongType(String expected, String where, JsonNode found) {
    String what =
        switch (found.getNodeType()) {
          case NULL -> "null: leave it out";
          case ARRAY -> "a list";
          case OBJECT -> "an object";
          case STRING -> "text";
          case NUMBER -> "a number";
          case BOOLEAN -> "a truth value";
          case BINARY, MISSING, POJO -> "something else";
        };
    return new MalformedDataException(
        Kind.WRONG_TYPE, -1, "expected " + expected + " as " + where + ", found " + what);
  }
}
