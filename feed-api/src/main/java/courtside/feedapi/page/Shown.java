package courtside.feedapi.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.RecordUri;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.status.ServiceStatus;
import courtside.feedapi.store.Feeds;
import courtside.feedapi.store.ServedFeed;
import courtside.feedapi.store.ShownItem;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** What the page is told, as JSON. Everything that strangers wrote is cut to a length. Pure. */
final class Shown {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int TEXT = 3_000;
  private static final int LABEL = 128;
  private static final int PARTS = 10;
  private static final int FEEDS = 200;

  private Shown() {}

  static String status(Feeds feeds, Collection<ServiceStatus> statuses, Instant now) {
    ObjectNode body = JSON.objectNode();
    body.put("at", now.toEpochMilli());
    body.put("filled", feeds.filled());
    ArrayNode list = body.putArray("feeds");
    feeds.all().stream()
        .limit(FEEDS)
        .forEach(feed ->
            list.addObject()
                .put("feed", feed.name())
                .put("name", cut(feed.displayName(), LABEL))
                .put("version", feed.version().version()));
    ArrayNode services = body.putArray("services");
    for (ServiceStatus status : statuses) {
      ObjectNode service = services.addObject();
      service
          .put("service", cut(status.service(), LABEL))
          .put("instance", cut(status.instance(), LABEL))
          .put("state", cut(status.state(), LABEL))
          .put("ready", status.ready())
          .put("age_seconds", Duration.between(status.at(), now).toMillis() / 1e3);
      texts(service.putArray("reasons"), status.reasons(), TEXT);
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

  static String incidents(Collection<Incident> incidents) {
    ArrayNode list = JSON.arrayNode();
    for (Incident incident : incidents) {
      ObjectNode node = list.addObject();
      node.put("kind", incident.kind().name().toLowerCase(Locale.ROOT))
          .put("subject", cut(incident.subject(), LABEL))
          .put("at", incident.at().toEpochMilli())
          .put("lost", incident.lost())
          .put("found", cut(incident.found(), TEXT))
          .put("done", cut(incident.done(), TEXT));
      // As text: a sequence number may be more than a browser's numbers hold.
      incident.from().ifPresent(from -> node.put("from", Long.toString(from)));
      incident.to().ifPresent(to -> node.put("to", Long.toString(to)));
    }
    return list.toString();
  }

  static String items(ServedFeed feed, Collection<ShownItem> items) {
    ObjectNode body = JSON.objectNode();
    body.put("feed", feed.name());
    feed.definition()
        .ifPresent(definition -> body.put("description", cut(definition.description(), TEXT)));
    ArrayNode list = body.putArray("items");
    for (ShownItem shown : items) {
      FeedItem item = shown.item();
      ObjectNode node = list.addObject();
      node.put("uri", shown.uri())
          .put("author", item.author())
          .put("at", item.sortAt().toEpochMilli())
          .put("text", cut(item.text(), TEXT))
          .put("link", link(shown.uri()));
      texts(node.putArray("alts"), item.altTexts(), TEXT);
      texts(node.putArray("labels"), item.labels(), LABEL);
    }
    return body.toString();
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

  private static void texts(ArrayNode into, List<String> texts, int most) {
    texts.stream().limit(PARTS).forEach(text -> into.add(cut(text, most)));
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
