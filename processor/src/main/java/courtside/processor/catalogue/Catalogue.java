package courtside.processor.catalogue;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fold of {@code feed.definitions}: definitions in the order in which they were written, and
 * the feeds' states. A definition is of the set that the feed's state names, and of the one that
 * was written with it where none does. Confined to one thread.
 */
public final class Catalogue {
  private static final Logger LOG = LoggerFactory.getLogger(Catalogue.class);

  private final SequencedMap<FeedVersion, FeedDefinition> definitions = new LinkedHashMap<>();
  private final Map<RecordKey, SequencedMap<FeedVersion, FeedDefinition>> byFeed = new HashMap<>();
  private final Map<RecordKey, FeedState> states = new TreeMap<>();

  /** As they were written. */
  private final Map<FeedVersion, FeedDefinition> written = new HashMap<>();

  /** The keys whose newest value cannot be read. */
  private final Set<String> unreadable = new HashSet<>();

  /** Takes the next record. One that cannot be read is said and passed over. */
  public void apply(String key, byte @Nullable [] value) {
    try {
      if (FeedVersion.isDefinitionKey(key)) {
        applyDefinition(FeedVersion.read(key), value);
      } else {
        applyState(new RecordKey(key), value);
      }
      unreadable.remove(key);
    } catch (SerializationException | IllegalArgumentException e) {
      unreadable.add(key);
      LOG.atWarn()
          .addKeyValue("key", key)
          .addKeyValue("reason", e.getMessage())
          .log("definition not readable, passed over");
    }
  }

  private void applyDefinition(FeedVersion version, byte @Nullable [] value) {
    if (value == null) {
      remove(version);
      return;
    }
    FeedDefinition definition = FeedDefinition.FORMAT.decode(value);
    // Taken out first: one that is written again is the newest.
    remove(version);
    written.put(version, definition);
    put(version, definition);
  }

  private void put(FeedVersion version, FeedDefinition definition) {
    FeedDefinition held = definition.withSet(set(version).orElse(definition.set()));
    definitions.put(version, held);
    byFeed.computeIfAbsent(version.feed(), _ -> new LinkedHashMap<>()).put(version, held);
  }

  private void remove(FeedVersion version) {
    written.remove(version);
    definitions.remove(version);
    SequencedMap<FeedVersion, FeedDefinition> ofFeed = byFeed.get(version.feed());
    if (ofFeed != null) {
      ofFeed.remove(version);
      if (ofFeed.isEmpty()) {
        byFeed.remove(version.feed());
      }
    }
  }

  /** The set that the feed's state names. */
  private Optional<String> set(FeedVersion version) {
    return state(version.feed()).flatMap(FeedState::sets).map(sets -> sets.get(version.version()));
  }

  private void applyState(RecordKey feed, byte @Nullable [] value) {
    if (value == null) {
      states.remove(feed);
    } else {
      states.put(feed, FeedState.FORMAT.decode(value));
    }
    for (FeedVersion version : versions(feed)) {
      FeedDefinition definition = written.get(version);
      if (definition != null) {
        put(version, definition);
      }
    }
  }

  /** The definitions that are not removed, the newest last. */
  public SequencedMap<FeedVersion, FeedDefinition> definitions() {
    return Collections.unmodifiableSequencedMap(definitions);
  }

  /** The state of a feed, if the steward has ever decided about it. */
  public Optional<FeedState> state(RecordKey feed) {
    return Optional.ofNullable(states.get(feed));
  }

  /** Whether the items of a version are being taken out. */
  public boolean isRemoving(FeedVersion version) {
    return state(version.feed())
        .filter(state -> state.removing().contains(version.version()))
        .isPresent();
  }

  /**
   * Whether every record could be read: otherwise there may be versions that are not known here.
   */
  public boolean isWhole() {
    return unreadable.isEmpty();
  }

  /** Every feed that has a definition or a state. */
  public Set<RecordKey> feeds() {
    Set<RecordKey> feeds = new LinkedHashSet<>(states.keySet());
    definitions.keySet().forEach(version -> feeds.add(version.feed()));
    return feeds;
  }

  /** The versions of a feed that have a definition, the newest last. */
  public List<FeedVersion> versions(RecordKey feed) {
    return List.copyOf(definitions(feed).keySet());
  }

  /** The definitions of a feed, the newest last. */
  public SequencedMap<FeedVersion, FeedDefinition> definitions(RecordKey feed) {
    SequencedMap<FeedVersion, FeedDefinition> ofFeed = byFeed.get(feed);
    // Not the empty sorted map: it asks for keys that can be compared.
    return Collections.unmodifiableSequencedMap(
        Objects.requireNonNullElseGet(ofFeed, LinkedHashMap::new));
  }

  /** The definitions by the set that they were applied with, each set in the order written. */
  public Map<String, SequencedMap<FeedVersion, FeedDefinition>> sets() {
    Map<String, SequencedMap<FeedVersion, FeedDefinition>> sets = new LinkedHashMap<>();
    definitions.forEach((version, definition) ->
        sets.computeIfAbsent(definition.set(), _ -> new LinkedHashMap<>())
            .put(version, definition));
    return sets;
  }

  /** The newest version of each feed. */
  public Map<RecordKey, FeedVersion> newest() {
    Map<RecordKey, FeedVersion> newest = new LinkedHashMap<>();
    for (FeedVersion version : new ArrayList<>(definitions.keySet())) {
      newest.put(version.feed(), version);
    }
    return newest;
  }
}
