package courtside.feedapi.store;

import courtside.atproto.Bytes;
import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.errors.SerializationException;

/** What {@code feed.definitions} says, decoded. Confined to the feeder's thread. */
final class Definitions {
  private final Map<String, FeedDefinition> definitions = new HashMap<>();
  private final Map<String, FeedState> states = new HashMap<>();

  /** Definitions by feed and version. */
  Map<String, FeedDefinition> byVersion() {
    return Collections.unmodifiableMap(definitions);
  }

  /** States by feed. */
  Map<String, FeedState> states() {
    return Collections.unmodifiableMap(states);
  }

  /**
   * Takes one record; an empty value removes.
   *
   * @throws IllegalArgumentException if the key, or a version in the value, is none
   * @throws SerializationException if the value is none
   */
  void put(String key, Optional<Bytes> value) {
    if (FeedVersion.isDefinitionKey(key)) {
      FeedVersion version = FeedVersion.read(key);
      if (value.isEmpty()) {
        definitions.remove(version.key());
      } else {
        definitions.put(version.key(), FeedDefinition.FORMAT.decode(value.get().toArray()));
      }
      return;
    }
    RecordKey feed = new RecordKey(key);
    if (value.isEmpty()) {
      states.remove(feed.value());
      return;
    }
    FeedState state = FeedState.FORMAT.decode(value.get().toArray());
    if (state.served().isPresent()) {
      states.put(new FeedVersion(feed, state.served().get()).feed().value(), state);
    } else {
      states.put(feed.value(), state);
    }
  }
}
