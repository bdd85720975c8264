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

/** What {@code feed.definitions} says, decoded. Confined to the feeder's thread. */
final class Definitions implements WholeTopic.Fold {
  private final Map<String, Bytes> kept = new HashMap<>();
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

  @Override
  public Optional<String> put(String key, Optional<Bytes> value) {
    decode(key, value);
    if (value.isPresent()) {
      kept.put(key, value.get());
    } else {
      kept.remove(key);
    }
    return Optional.of(key);
  }

  @Override
  public void restore(String key, Bytes value) {
    var _ = put(key, Optional.of(value));
  }

  @Override
  public Map<String, Bytes> kept() {
    return Collections.unmodifiableMap(kept);
  }

  private void decode(String key, Optional<Bytes> value) {
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
