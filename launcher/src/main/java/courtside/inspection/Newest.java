package courtside.inspection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Keeps what came last of all partitions, as something smaller than the record is. Confined to one
 * thread.
 */
public final class Newest<T> {
  private record Kept<T>(long timestamp, int partition, long offset, T what) {}

  private final int most;
  private final Function<ConsumerRecord<byte[], byte[]>, T> shape;
  private final Map<Integer, Integer> found = new HashMap<>();
  private final PriorityQueue<Kept<T>> kept = new PriorityQueue<>(order());

  /**
   * Keeps nothing yet.
   *
   * @param most how many are kept, at least 1
   * @param shape what is kept of a record
   */
  public Newest(int most, Function<ConsumerRecord<byte[], byte[]>, T> shape) {
    this.most = most;
    this.shape = shape;
  }

  private static <T> Comparator<Kept<T>> order() {
    return Comparator.<Kept<T>>comparingLong(Kept::timestamp)
        .thenComparingInt(Kept::partition)
        .thenComparingLong(Kept::offset);
  }

  /** Takes a record, or passes it over. */
  public void add(ConsumerRecord<byte[], byte[]> record) {
    found.merge(record.partition(), 1, Integer::sum);
    Kept<T> oldest = kept.peek();
    if (kept.size() == most && oldest != null && record.timestamp() < oldest.timestamp()) {
      return;
    }
    kept.add(
        new Kept<>(record.timestamp(), record.partition(), record.offset(), shape.apply(record)));
    if (kept.size() > most) {
      var _ = kept.poll();
    }
  }

  /**
   * Reads backwards until no partition can have a newer one.
   *
   * @param between called after each piece
   */
  public void read(
      TopicLog.Backwards log, Predicate<ConsumerRecord<byte[], byte[]>> wanted, Runnable between) {
    while (!log.isDone()) {
      log.read(record -> {
        if (wanted.test(record)) {
          add(record);
        }
      });
      found.forEach((partition, count) -> {
        if (count >= most) {
          log.leave(partition);
        }
      });
      between.run();
    }
  }

  /** What was kept, the oldest first. */
  public List<T> inOrder() {
    List<Kept<T>> sorted = new ArrayList<>(kept);
    sorted.sort(order());
    return sorted.stream().map(Kept::what).toList();
  }
}
