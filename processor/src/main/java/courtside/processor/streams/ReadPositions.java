package courtside.processor.streams;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
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
  private static final double MILLIS = 1_000;

  private final Map<TopicPartition, Fetched> fetched = new ConcurrentHashMap<>();
  private final Map<TopicPartition, Processed> processed = new ConcurrentHashMap<>();

  /** When it was last seen that nothing was left. */
  private final Map<TopicPartition, Instant> readAll = new ConcurrentHashMap<>();

  private final Overtaking overtaking = new Overtaking();

  private record Fetched(long lastRecord, long next) {}

  private record Processed(long offset, long seen) {
    static final Processed NOTHING = new Processed(NONE, 0);
  }

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
    readAll.remove(partition);
  }

  /**
   * The task has processed a record.
   *
   * @param seen the record's timestamp, in milliseconds
   */
  public void processed(TopicPartition partition, long offset, long seen) {
    processed.put(partition, new Processed(offset, seen));
  }

  /**
   * What is left between what was processed and the ends, or empty while that is not known of one
   * of the partitions. What waits in a partition came after the last record that was processed, and
   * after the last look that found nothing left: so it is best asked each second.
   *
   * @param now by the clock of the records' timestamps
   */
  Optional<Lag> lag(Set<TopicPartition> partitions, PartitionEnds ends, Instant now) {
    if (!ends.areFresh()) {
      return Optional.empty();
    }
    long events = 0;
    OptionalDouble seconds = OptionalDouble.of(0);
    for (TopicPartition partition : partitions) {
      OptionalLong end = ends.end(partition);
      OptionalLong next = next(partition);
      if (end.isEmpty() || next.isEmpty()) {
        return Optional.empty();
      }
      long left = Math.max(0, end.getAsLong() - next.getAsLong());
      events += left;
      if (left == 0) {
        readAll.put(partition, now);
      } else {
        seconds = larger(seconds, waiting(partition, now));
      }
    }
    return Optional.of(new Lag(events, seconds));
  }

  /** How long the first unread record of a partition may have been waiting. */
  private OptionalDouble waiting(TopicPartition partition, Instant now) {
    Processed last = processed.get(partition);
    Instant nothing = readAll.get(partition);
    if (last == null && nothing == null) {
      return OptionalDouble.empty();
    }
    long since =
        Math.max(
            last == null ? Long.MIN_VALUE : last.seen(),
            nothing == null ? Long.MIN_VALUE : nothing.toEpochMilli());
    return OptionalDouble.of(Math.max(0, now.toEpochMilli() - since) / MILLIS);
  }

  private static OptionalDouble larger(OptionalDouble one, OptionalDouble other) {
    return one.isEmpty() || other.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.max(one.getAsDouble(), other.getAsDouble()));
  }

  /** The next offset to be processed, or empty while it cannot be told. */
  public OptionalLong next(TopicPartition partition) {
    // In this order: what is fetched in between only makes the answer an earlier one.
    long done = processed.getOrDefault(partition, Processed.NOTHING).offset();
    Fetched known = fetched.get(partition);
    if (known != null && (known.lastRecord() == NONE || done >= known.lastRecord())) {
      return OptionalLong.of(known.next());
    }
    return done == NONE ? OptionalLong.empty() : OptionalLong.of(done + 1);
  }
}
