package courtside.processor;

import com.fasterxml.jackson.databind.JsonNode;
import courtside.atproto.syntax.Datetime;
import courtside.atproto.syntax.Tid;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * Says where posts must stand, from the reference implementation's decode: in the order of the
 * recording, which is the simple case, with nothing of the fold in it.
 */
final class Oracle {
  private Oracle() {}

  /** Every event about a post, in order: {@code action uri rev}. */
  static List<String> postEvents(List<JsonNode> decoded) {
    List<String> events = new ArrayList<>();
    for (JsonNode frame : decoded) {
      for (JsonNode op : frame.path("ops")) {
        if (op.path("path").textValue().startsWith("app.bsky.feed.post/")) {
          events.add(
              op.path("action").textValue()
                  + " "
                  + uri(frame, op)
                  + " "
                  + frame.path("rev").textValue());
        }
      }
    }
    return events;
  }

  /** When each post that a feed holds at the end must be sorted, by uri; hidden ones included. */
  static Map<String, Instant> sortAt(
      List<JsonNode> decoded, List<Instant> seen, BiPredicate<String, JsonNode> belongs) {
    Map<String, Instant> held = new HashMap<>();
    for (int i = 0; i < decoded.size(); i++) {
      JsonNode frame = decoded.get(i);
      for (JsonNode op : frame.path("ops")) {
        if (op.path("path").textValue().startsWith("app.bsky.feed.post/")) {
          note(held, frame, op, seen.get(i), belongs);
        }
      }
    }
    return held;
  }

  private static void note(
      Map<String, Instant> held,
      JsonNode frame,
      JsonNode op,
      Instant seen,
      BiPredicate<String, JsonNode> belongs) {
    String uri = uri(frame, op);
    String action = op.path("action").textValue();
    if (action.equals("delete")
        || !belongs.test(frame.path("repo").textValue(), op.path("record"))) {
      held.remove(uri);
      return;
    }
    Instant claimed =
        Datetime.momentOf(op.path("record").path("createdAt").asText("")).orElse(seen);
    Instant sortAt = claimed.isBefore(seen) ? claimed : seen;
    String rkey = uri.substring(uri.lastIndexOf('/') + 1);
    if (action.equals("create")) {
      held.put(uri, sortAt.truncatedTo(ChronoUnit.MILLIS));
    } else if (!held.containsKey(uri)) {
      Instant made = Tid.isValid(rkey) ? new Tid(rkey).time() : sortAt;
      held.put(uri, (made.isBefore(sortAt) ? made : sortAt).truncatedTo(ChronoUnit.MILLIS));
    }
  }

  private static String uri(JsonNode frame, JsonNode op) {
    return "at://" + frame.path("repo").textValue() + "/" + op.path("path").textValue();
  }
}
