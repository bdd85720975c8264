package courtside.processor.model;

import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.topic.Topics;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.log.TopicReader;
import courtside.service.kafka.KafkaAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What processors have made so far, as any reader sees it. Confined to one thread. */
final class Committed implements AutoCloseable {
  private final List<TopicReader> readers;
  private final Map<String, List<String>> events = new HashMap<>();
  private final Map<FeedVersion, Map<String, FeedItem>> items =
      new TreeMap<>(Comparator.comparing(FeedVersion::key));
  private final Catalogue catalogue = new Catalogue();
  private long letters;

  Committed(KafkaAddress kafka) {
    this.readers =
        List.of(
            new TopicReader(kafka, "model-posts", Topics.POSTS, this::takeEvent),
            new TopicReader(kafka, "model-letters", Topics.DEAD_LETTERS, (_, _) -> letters++),
            new TopicReader(kafka, "model-feeds", Topics.FEED_DEFINITIONS, catalogue::apply),
            new TopicReader(kafka, "model-items", Topics.FEED_ITEMS, this::takeItem));
  }

  private void takeEvent(String did, byte @Nullable [] value) {
    if (value == null) {
      throw new AssertionError("expected an event of " + did + ", found a record without value");
    }
    events
        .computeIfAbsent(did, _ -> new ArrayList<>())
        .add(Events.text(PostEvent.FORMAT.decode(value)));
  }

  private void takeItem(String key, byte @Nullable [] value) {
    Map<String, FeedItem> feed = items.computeIfAbsent(FeedVersion.read(key), _ -> new TreeMap<>());
    String uri = FeedVersion.uri(key);
    if (value == null) {
      feed.remove(uri);
    } else {
      feed.put(uri, FeedItem.FORMAT.decode(value));
    }
  }

  /** Reads what is committed by now. */
  void read() {
    readers.forEach(TopicReader::readToEnd);
  }

  /** The events of an account, in the order of {@code posts}. */
  List<String> events(String did) {
    return Collections.unmodifiableList(events.getOrDefault(did, List.of()));
  }

  /** How many events there are of all accounts. */
  long eventCount() {
    return events.values().stream().mapToLong(List::size).sum();
  }

  /** How many dead letters there are. */
  long letters() {
    return letters;
  }

  /** What stands in each version that has ever had an item. */
  Map<FeedVersion, Map<String, FeedItem>> items() {
    return Collections.unmodifiableMap(items);
  }

  Catalogue catalogue() {
    return catalogue;
  }

  @Override
  public void close() {
    readers.forEach(TopicReader::close);
  }
}
