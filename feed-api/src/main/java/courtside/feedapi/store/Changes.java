package courtside.feedapi.store;

import courtside.atproto.Bytes;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one poll changes: written in one batch with the offsets that follow it. Of several changes
 * of one key the last holds. Confined to the feeder's thread.
 */
final class Changes {
  /** The new value of an item; empty to remove it. */
  record ItemChange(FeedVersion version, String uri, Optional<Item> item) {}

  /** An item, decoded and as it came. */
  record Item(FeedItem decoded, Bytes encoded) {}

  private final Map<String, ItemChange> items = new LinkedHashMap<>();
  private final Map<Kept, Map<String, Bytes>> replaced = new EnumMap<>(Kept.class);
  private final Map<Kept, Map<String, Optional<Bytes>>> kept = new EnumMap<>(Kept.class);
  private final Map<Integer, Long> offsets = new HashMap<>();
  private Map<String, String> serving = Map.of();
  private boolean servingChanged;
  private Optional<String> topicId = Optional.empty();
  private Optional<Instant> begun = Optional.empty();
  private Optional<Instant> stoodAtEnd = Optional.empty();

  void item(String key, ItemChange change) {
    items.put(key, change);
  }

  /** What is on disk in that place becomes this, before anything else changes there. */
  void replace(Kept place, Map<String, Bytes> whole) {
    replaced.put(place, whole);
  }

  void keep(Kept place, String key, Optional<Bytes> value) {
    kept.computeIfAbsent(place, _ -> new LinkedHashMap<>()).put(key, value);
  }

  void offset(int partition, long next) {
    offsets.put(partition, next);
  }

  void serving(Map<String, String> versions) {
    serving = Map.copyOf(versions);
    servingChanged = true;
  }

  void begin(String id, Instant at) {
    topicId = Optional.of(id);
    begun = Optional.of(at);
  }

  void stoodAtEnd(Instant at) {
    stoodAtEnd = Optional.of(at);
  }

  Map<String, ItemChange> items() {
    return items;
  }

  Map<Kept, Map<String, Bytes>> replaced() {
    return replaced;
  }

  /** What is added, and what is removed. */
  Map<Kept, Map<String, Optional<Bytes>>> kept() {
    return kept;
  }

  Map<Integer, Long> offsets() {
    return offsets;
  }

  /** Every feed with the version that is served, where that changed. */
  Optional<Map<String, String>> serving() {
    return servingChanged ? Optional.of(serving) : Optional.empty();
  }

  Optional<String> topicId() {
    return topicId;
  }

  Optional<Instant> begun() {
    return begun;
  }

  Optional<Instant> stoodAtEnd() {
    return stoodAtEnd;
  }

  boolean isEmpty() {
    return items.isEmpty()
        && replaced.isEmpty()
        && kept.isEmpty()
        && offsets.isEmpty()
        && !servingChanged
        && topicId.isEmpty()
        && begun.isEmpty()
        && stoodAtEnd.isEmpty();
  }
}
