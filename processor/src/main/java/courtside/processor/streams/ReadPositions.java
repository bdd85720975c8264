package courtside.processor.streams;

import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/**
 * How far one application has read. A task sees records only, but a partition may end with markers
 * of transactions, and an empty one gives no record at all: whether everything was read, the
 * consumer alone knows. Thread-safe.
 */
public final class ReadPositions {
  private static final long NONE = -1;

  private final Map<TopicPartition, Fetched> fetched = new ConcurrentHashMap<>();
  private final Map<TopicPartition, Long> processed = new ConcurrentHashMap<>();
  private final Overtaking overtaking = new Overtaking();

  private record Fetched(long lastRecord, long next) {}

  /** What it could not read any more. */
  public Overtaking overtaking() {
    return overtaking;
  }

  /** The consumer stands at an offset, and no record has been fetched yet. */
  void standsAt(TopicPartition partition, long next) {
    fetched.put(partition, new Fetched(NONE, next));
  }

  /** The consumer has advanced, past markers alone. */
  void advanced(TopicPartition partition, long next) {
    fetched.merge(
        partition, new Fetched(NONE, next), (known, _) -> new Fetched(known.lastRecord(), next));
  }

  /** The consumer has advanced past records, of which the last is this. */
  void advanced(TopicPartition partition, long lastRecord, long next) {
    fetched.put(partition, new Fetched(lastRecord, next));
  }

  boolean isKnown(TopicPartition partition) {
    return fetched.containsKey(partition);
  }

  /** Forgets a partition: its task begins anew, from what was committed. */
  public void forget(TopicPartition partition) {
    fetched.remove(partition);
    processed.remove(partition);
  }

  /** The task has processed a record. */
  public void processed(TopicPartition partition, long offset) {
    processed.put(partition, offset);
  }

  /**
   * Records between what was processed and the ends, or empty while that is not known of one of the
   * partitions.
   */
  OptionalLong lag(Set<TopicPartition> partitions, PartitionEnds ends) {
    long lag = 0;
    for (TopicPartition partition : partitions) {
      OptionalLong end = ends.end(partition);
      OptionalLong next = next(partition);
      if (end.isEmpty() || next.isEmpty()) {
        return OptionalLong.empty();
      }
      lag += Math.max(0, end.getAsLong() - next.getAsLong());
    }
    return OptionalLong.of(lag);
  }

  /** The next offset to be processed, or empty while it cannot be told. */
  public OptionalLong next(TopicPartition partition) {
    // In this order: what is fetched in between only makes the answer an earlier one.
    long done = processed.getOrDefault(partition, NONE);
    Fetched known = fetched.get(partition);
    if (known != null && (known.lastRecord() == NONE || done >= known.lastRecord())) {
      return OptionalLong.of(known.next());
    }
    return done == NONE ? OptionalLong.empty() : OptionalLong.of(done + 1);
  }
}
