package courtside.processor.streams;

import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/** Where partitions end, as last known. Thread-safe. */
@FunctionalInterface
public interface PartitionEnds {
  /** The offset after the last committed record, or empty while it is not known. */
  OptionalLong end(TopicPartition partition);

  /** Whether that was asked lately, so that what is read up to there can be said to be all. */
  default boolean areFresh() {
    return true;
  }
}
