package courtside.feedapi.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.RecordUri;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedProgress;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.status.ServiceStatus;
import courtside.feedapi.store.ServedFeed;
import courtside.feedapi.store.ShownItem;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/** What the page is told, as JSON. Everything that strangers wrote is cut to a length. Pure. */
final class Shown {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int TEXT = 3_000;
  private static final int LABEL = 128;
  private static final int SENTENCE = 600;
  private static final int PARTS = 4;
  private static final int MOST_LABELS = 10;
  private static final int MOST_REASONS = 10;

  private Shown() {}

  static String status(Collection<StatusBoard.Said> said, Instant now) {
    ObjectNode body = JSON.objectNode();
    body.put("at", now.toEpochMilli());
    ArrayNode services = body.putArray("services");
    for (StatusBoard.Said one : said) {
      ServiceStatus status = one.status();
      ObjectNode service = services.addObject();
      service
          .put("service", cut(status.service(), LABEL))
          .put("instance", cut(status.instance(), LABEL))
          .put("state", cut(status.state(), LABEL))
          .put("ready", status.ready())
          .put("age_seconds", Duration.between(one.heardAt(), now).toMillis() / 1e3);
      texts(service.putArray("reasons"), status.reasons(), MOST_REASONS, SENTENCE);
      ObjectNode figures = service.putObject("figures");
      status
          .figures()
          .forEach((name, value) -> {
            if (value != null && Double.isFinite(value)) {
              figures.put(name, value);
            }
          });
    }
    return body.toString();
  }

  /** Columns, as they are drawn: each has an entry for each second that is known. */
  static String history(Collection<BeatHistory.Second> seconds) {
    ObjectNode body = JSON.objectNode();
    ArrayNode at = body.putArray("at");
    ArrayNode silence = body.putArray("silence");
    ArrayNode rate = body.putArray("rate");
    ArrayNode lag = body.putArray("lag");
    for (BeatHistory.Second second : seconds) {
      at.add(second.at());
      silence.add(thousandths(second.silence()));
      number(rate, second.rate());
      number(lag, second.lag());
    }
    return body.toString();
  }

  private static void number(ArrayNode into, OptionalDouble value) {
    if (value.isPresent()) {
      into.add(thousandths(value.getAsDouble()));
    } else {
      into.addNull();
    }
  }

  private static double thousandths(double value) {
    return Math.rint(value * 1e3) / 1e3;
  }

  static String feeds(Collection<FeedList.Row> rows, int served, boolean filled, Instant now) {
    ObjectNode body = JSON.objectNode();
    body.put("filled", filled).put("served", served);
    ArrayNode list = body.putArray("feeds");
    for (FeedList.Row row : rows) {
      ObjectNode node = list.addObject();
      node.put("feed", row.feed().name())
          .put("name", cut(row.feed().displayName(), LABEL))
          .put("version", row.feed().version().version())
          .put("items", row.items())
          .put("hour", row.hour())
          .put("more", row.more());
      row.replay().ifPresent(replay -> replay(node.putObject("replay"), replay, now));
    }
    return body.toString();
  }

  private static void replay(ObjectNode node, FeedList.Replay replay, Instant now) {
    FeedProgress progress = replay.progress();
    node.put("version", replay.version().version())
        .put("next", replay.next())
        .put("percent", progress.percent())
        .put("passed", progress.passed())
        .put("total", progress.total())
        .put("rate", Math.rint(progress.rate()));
    progress.left().ifPresent(left -> node.put("left_seconds", left.toSeconds()));
    progress
        .said()
        .ifPresent(said -> node.put("age_seconds", Duration.between(said, now).toSeconds()));
  }

  static String incidents(Collection<Incident> incidents) {
    ArrayNode list = JSON.arrayNode();
    for (Incident incident : incidents) {
      ObjectNode node = list.addObject();
      node.put("kind", incident.kind().name().toLowerCase(Locale.ROOT))
          .put("subject", cut(incident.subject(), LABEL))
          .put("at", incident.at().toEpochMilli())
          .put("lost", incident.lost())
          .put("found", cut(incident.found(), SENTENCE))
          .put("done", cut(incident.done(), SENTENCE));
      // As text: a sequence number may be more than a browser's numbers hold.
      incident.from().ifPresent(from -> node.put("from", Long.toString(from)));
      incident.to().ifPresent(to -> node.put("to", Long.toString(to)));
    }
    return list.toString();
  }

  static Listing listing(ServedFeed feed, Collection<ShownItem> items) {
    String description = feed.definition().map(FeedDefinition::description).orElse("");
    SequencedMap<String, String> posts = new LinkedHashMap<>();
    items.forEach(shown -> posts.put(shown.uri(), post(shown).toString()));
    return new Listing(feed.name(), cut(feed.displayName(), LABEL), cut(description, TEXT), posts);
  }

  private static ObjectNode post(ShownItem shown) {
    FeedItem item = shown.item();
    ObjectNode node = JSON.objectNode();
    node.put("uri", shown.uri())
        .put("author", item.author())
        .put("at", item.sortAt().toEpochMilli())
        .put("text", cut(item.text(), TEXT))
        .put("link", link(shown.uri()));
    texts(node.putArray("langs"), item.langs(), PARTS, LABEL);
    // One that is cut leads elsewhere.
    List<String> links =
        item.links().stream().filter(address -> address.length() <= SENTENCE).toList();
    texts(node.putArray("links"), links, PARTS, SENTENCE);
    texts(node.putArray("alts"), item.altTexts(), PARTS, SENTENCE);
    texts(node.putArray("labels"), item.labels(), MOST_LABELS, LABEL);
    return node;
  }

  /** Where people read the post. */
  private static String link(String uri) {
    try {
      RecordUri post = RecordUri.parse(uri);
      return "https://bsky.app/profile/" + post.repo() + "/post/" + post.rkey();
    } catch (MalformedDataException e) {
      throw new IllegalStateException("the store holds an item that is no record", e);
    }
  }

  private static void texts(ArrayNode into, List<String> texts, int most, int length) {
    texts.stream().limit(most).forEach(text -> into.add(cut(text, length)));
  }

  /** At most so many characters, never half of a surrogate pair. */
  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end) + "…";
  }
}
