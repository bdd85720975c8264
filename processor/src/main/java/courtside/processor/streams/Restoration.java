package courtside.processor.streams;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;

/**
 * Follows how the stores of one application are made anew from their changelogs. A partition that
 * is done counts until all are, so that the whole never shrinks on the way. Thread-safe: told by
 * the threads that restore.
 */
final class Restoration implements StateRestoreListener {
  private final Counter entries;

  // Guarded by this.
  private final Map<TopicPartition, Progress> partitions = new HashMap<>();

  private record Progress(long from, long next, long end, boolean done) {
    Progress to(long offset) {
      return new Progress(from, Math.clamp(offset, next, end), end, done);
    }

    Progress whole() {
      return new Progress(from, end, end, true);
    }
  }

  Restoration(MeterRegistry registry) {
    this.entries =
        Counter.builder("courtside.processor.entries.restored")
            .description("entries of stores that were read from changelogs")
            .register(registry);
  }

  @Override
  public synchronized void onRestoreStart(
      TopicPartition partition, String store, long start, long end) {
    partitions.put(partition, new Progress(start, start, Math.max(start, end), false));
  }

  @Override
  public void onBatchRestored(
      TopicPartition partition, String store, long lastOffset, long restored) {
    synchronized (this) {
      partitions.computeIfPresent(partition, (_, progress) -> progress.to(lastOffset + 1));
    }
    entries.increment((double) restored);
  }

  @Override
  public synchronized void onRestoreEnd(TopicPartition partition, String store, long restored) {
    partitions.computeIfPresent(partition, (_, progress) -> progress.whole());
    forgetIfDone();
  }

  /** Its task goes elsewhere. */
  @Override
  public synchronized void onRestoreSuspended(
      TopicPartition partition, String store, long restored) {
    partitions.remove(partition);
    forgetIfDone();
  }

  /** Nothing is restored any more: a thread that fails does not say what it leaves. */
  synchronized void forget() {
    partitions.clear();
  }

  private void forgetIfDone() {
    if (partitions.values().stream().allMatch(Progress::done)) {
      partitions.clear();
    }
  }

  /** What is restored now, or empty where nothing is. */
  synchronized Optional<Restoring> now() {
    if (partitions.isEmpty()) {
      return Optional.empty();
    }
    long done = 0;
    long total = 0;
    for (Progress progress : partitions.values()) {
      done += progress.next() - progress.from();
      total += progress.end() - progress.from();
    }
    return Optional.of(new Restoring(done, total));
  }
}
