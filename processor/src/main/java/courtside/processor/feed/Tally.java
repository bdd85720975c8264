package courtside.processor.feed;

import courtside.eventlog.feed.FeedVersion;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What one task has read and matched since it started. Written by its thread, read by any. */
final class Tally {
  private final LongAdder read = new LongAdder();
  private final LongAdder matched = new LongAdder();
  private final Map<FeedVersion, LongAdder> byVersion = new ConcurrentHashMap<>();

  /** An event was read. */
  void read() {
    read.increment();
  }

  /** A post that came or changed belongs to these versions. */
  void matched(Collection<FeedVersion> versions) {
    if (!versions.isEmpty()) {
      matched.increment();
    }
    versions.forEach(
        version -> byVersion.computeIfAbsent(version, _ -> new LongAdder()).increment());
  }

  /** A version is not counted any more. */
  void forget(FeedVersion version) {
    byVersion.remove(version);
  }

  /** Events read. */
  long readTotal() {
    return read.sum();
  }

  /** Posts that belong to any version. */
  long matchedTotal() {
    return matched.sum();
  }

  /** Posts that belong to a version. */
  long matchedTotal(FeedVersion version) {
    LongAdder found = byVersion.get(version);
    return found == null ? 0 : found.sum();
  }
}
