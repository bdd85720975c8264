package courtside.processor.streams;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StandbyUpdateListener;
import org.apache.kafka.streams.processor.TaskId;

/**
 * Counts what comes from changelogs to the standby replicas of one application. Thread-safe: told
 * by the threads that keep them.
 */
final class Replication implements StandbyUpdateListener {
  private final Counter entries;

  Replication(MeterRegistry registry) {
    this.entries =
        Counter.builder("courtside.processor.entries.replicated")
            .description("entries of stores that standby replicas took from changelogs")
            .register(registry);
  }

  @Override
  public void onUpdateStart(TopicPartition partition, String store, long start) {
    // Whether a replica is kept here is said by the tasks.
  }

  @Override
  public void onBatchLoaded(
      TopicPartition partition, String store, TaskId task, long lastOffset, long loaded, long end) {
    entries.increment((double) loaded);
  }

  @Override
  public void onUpdateSuspended(
      TopicPartition partition, String store, long offset, long end, SuspendReason reason) {
    // As above.
  }
}
