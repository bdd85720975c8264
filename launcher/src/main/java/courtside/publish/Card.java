package courtside.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.syntax.Did;
import java.nio.charset.StandardCharsets;
import java.text.BreakIterator;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What people see of a feed before they open it: the contents of its record. Immutable.
 *
 * @param service the DID of the feed API
 * @param name at most 24 characters as people count them, and 240 bytes
 * @param description at most 300, and 3,000 bytes; empty for none
 * @param avatar as the account's server refers to it; absent for the one that the record has
 * @see <a href="https://docs.bsky.app/docs/starter-templates/custom-feeds">Custom feeds</a>
 */
public record Card(Did service, String name, String description, Optional<JsonNode> avatar) {
  private static final int NAME = 24;
  private static final int DESCRIPTION = 300;
  private static final int BYTES_OF_EACH = 10;

  /** What the lexicon does not allow; empty where it is all right. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (name.isBlank()) {
      problems.add("a feed must have a name");
    }
    check("the name", name, NAME, problems);
    check("the description", description, DESCRIPTION, problems);
    return problems;
  }

  private static void check(String what, String text, int most, List<String> problems) {
    int found = characters(text);
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (found > most || bytes > most * BYTES_OF_EACH) {
      problems.add(
          what
              + " must be at most "
              + most
              + " characters and "
              + most * BYTES_OF_EACH
              + " bytes, and is "
              + found
              + " and "
              + bytes);
    }
  }

  /** As people count them: a letter with its marks, a flag, a family is one. */
  private static int characters(String text) {
    BreakIterator iterator = BreakIterator.getCharacterInstance(Locale.ROOT);
    iterator.setText(text);
    int count = 0;
    while (iterator.next() != BreakIterator.DONE) {
      count++;
    }
    return count;
  }

  /**
   * The record, with what others have put into the one that is there: labels, facets, content mode.
   */
  public ObjectNode over(Optional<Owner.Held> held, Instant now) {
    ObjectNode record =
        held.map(found -> found.value().deepCopy()).orElseGet(JsonNodeFactory.instance::objectNode);
    record.put("$type", Owner.COLLECTION);
    record.put("did", service.value());
    record.put("displayName", name);
    if (description.isEmpty()) {
      record.remove("description");
    } else {
      if (!description.equals(record.path("description").asText(""))) {
        // They point into the text that was there.
        record.remove("descriptionFacets");
      }
      record.put("description", description);
    }
    avatar.ifPresent(blob -> record.set("avatar", blob));
    record.put("acceptsInteractions", true);
    if (!record.has("createdAt")) {
      record.put("createdAt", now.truncatedTo(ChronoUnit.MILLIS).toString());
    }
    return record;
  }
}
