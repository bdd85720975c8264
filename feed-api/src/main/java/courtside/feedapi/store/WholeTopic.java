package courtside.feedapi.store;

import courtside.atproto.Bytes;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * A topic of one partition, small enough to be read whole by each connection to the log. What was
 * known holds until the end is reached; then what was read takes its place, on disk as well, and
 * follows the topic. Confined to the feeder's thread.
 *
 * @param <F> what the topic says
 */
final class WholeTopic<F extends WholeTopic.Fold> {
  /** What a topic says, as far as it was read. */
  interface Fold {
    /**
     * Takes one record; an empty value is a tombstone.
     *
     * @return the key on disk of what may have changed; empty where nothing has
     * @throws IllegalArgumentException if the key, or something in the value, is wrong
     * @throws SerializationException if the value cannot be read
     */
    Optional<String> put(String key, Optional<Bytes> value);

    /**
     * Takes what was kept on disk.
     *
     * @throws IllegalArgumentException if this version has no use for it
     * @throws SerializationException if the value cannot be read
     */
    void restore(String key, Bytes value);

    /** What is kept on disk. A view. */
    Map<String, Bytes> kept();
  }

  private final Kept place;
  private final Supplier<F> empty;
  private F known;

  /** What was read since the beginning; none once that was to the end, and before the first. */
  private @Nullable F fresh;

  private long end;
  private boolean whole;

  /**
   * Nothing is known yet.
   *
   * @param place where it is kept
   */
  WholeTopic(Kept place, Supplier<F> empty) {
    this.place = place;
    this.empty = empty;
    this.known = empty.get();
  }

  /** What is known. */
  F known() {
    return known;
  }

  /** Whether this connection has read the topic to the end that it had at first. */
  boolean whole() {
    return whole;
  }

  /**
   * Knows what is on disk and nothing else.
   *
   * @param skipped told of each that cannot be used
   */
  void restore(FeedStore store, Consumer<RuntimeException> skipped) {
    F restored = empty.get();
    store
        .kept(place)
        .forEach((key, value) -> {
          try {
            restored.restore(key, value);
          } catch (SerializationException | IllegalArgumentException e) {
            skipped.accept(e);
          }
        });
    known = restored;
  }

  /**
   * A connection begins to read.
   *
   * @param until the topic's end now
   */
  void begin(long until) {
    fresh = empty.get();
    end = until;
    whole = false;
  }

  /**
   * Takes the next record.
   *
   * @return whether what is known has changed
   * @throws IllegalArgumentException if the key, or something in the value, is wrong
   * @throws SerializationException if the value cannot be read
   */
  boolean take(Changes changes, String key, Optional<Bytes> value) {
    if (fresh != null) {
      var _ = fresh.put(key, value);
      return false;
    }
    Optional<String> changed = known.put(key, value);
    changed.ifPresent(
        kept -> changes.keep(place, kept, Optional.ofNullable(known.kept().get(kept))));
    return changed.isPresent();
  }

  /**
   * After each poll: once everything was read, that is what is known.
   *
   * @param position what will be read next
   * @return whether this was the moment
   */
  boolean finish(Changes changes, long position) {
    F read = fresh;
    if (read == null || position < end) {
      return false;
    }
    known = read;
    fresh = null;
    whole = true;
    changes.replace(place, known.kept());
    return true;
  }
}
