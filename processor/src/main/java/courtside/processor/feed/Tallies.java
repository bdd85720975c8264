package courtside.processor.feed;

import courtside.eventlog.feed.FeedVersion;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/** What the tasks of one set that run here have read and matched. Thread-safe. */
public final class Tallies {
  private final Map<Integer, Tally> byPartition = new ConcurrentHashMap<>();

  /** A task begins, or begins anew. */
  Tally begin(int partition) {
    Tally tally = new Tally();
    byPartition.put(partition, tally);
    return tally;
  }

  /** A task ends; another may have taken its place already. */
  void end(int partition, Tally tally) {
    byPartition.remove(partition, tally);
  }

  /**
   * How much of what was read was a post that belongs to any version, from 0 to 1; empty until
   * something was read.
   */
  public OptionalDouble matchRate() {
    return rate(Tally::matchedTotal);
  }

  /** The same of one version. */
  public OptionalDouble matchRate(FeedVersion version) {
    return rate(tally -> tally.matchedTotal(version));
  }

  private OptionalDouble rate(ToLongFunction<Tally> matched) {
    long part = 0;
    long all = 0;
    for (Tally tally : byPartition.values()) {
      // In this order: never more matched than read.
      part += matched.applyAsLong(tally);
      all += tally.readTotal();
    }
    return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / all);
  }
}
