package courtside.eventlog.topic;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/**
 * One topic as its writers and readers both see it. Partition counts route keys, so they are part
 * of the contract. Immutable.
 *
 * @param name the topic's name
 * @param partitions how many; never changed once records are there
 * @param cleanup whether old records are deleted by age and size, or superseded ones by key
 * @param retention how long records are kept, for {@link Cleanup#DELETE}; for {@link
 *     Cleanup#COMPACT} how long a tombstone is
 * @param diskPercent the share of the disk budget that the topic may fill; 0 where bytes cannot be
 *     cut
 * @param minSegmentBytes least size of a segment; for {@link Cleanup#COMPACT} its size
 * @param maxMessageBytes largest record batch, in bytes
 */
public record Topic(
    String name,
    int partitions,
    Cleanup cleanup,
    Duration retention,
    double diskPercent,
    int minSegmentBytes,
    int maxMessageBytes) {

  /** How a topic forgets. */
  public enum Cleanup {
    DELETE(TopicConfig.CLEANUP_POLICY_DELETE),
    COMPACT(TopicConfig.CLEANUP_POLICY_COMPACT);

    private final String policy;

    Cleanup(String policy) {
      this.policy = policy;
    }

    /** The value of {@code cleanup.policy}. */
    public String policy() {
      return policy;
    }
  }

  /** What must hold for the topic to be this one; a difference stops a service. */
  Map<String, String> identity() {
    Map<String, String> config = new LinkedHashMap<>();
    config.put(TopicConfig.CLEANUP_POLICY_CONFIG, cleanup.policy());
    config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxMessageBytes));
    config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
    return config;
  }

  /** What follows from the disk budget; set anew when the budget changes. */
  Map<String, String> sizing(DiskBudget disk) {
    Map<String, String> config = new LinkedHashMap<>();
    long segmentBytes =
        switch (cleanup) {
          case DELETE -> {
            config.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
            config.put(
                TopicConfig.RETENTION_BYTES_CONFIG, Long.toString(disk.retentionBytes(this)));
            yield disk.segmentBytes(this);
          }
          case COMPACT -> {
            config.put(TopicConfig.DELETE_RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
            config.put(
                TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG,
                Long.toString(Duration.ofDays(1).toMillis()));
            yield minSegmentBytes;
          }
        };
    config.put(TopicConfig.SEGMENT_BYTES_CONFIG, Long.toString(segmentBytes));
    config.put(
        TopicConfig.SEGMENT_INDEX_BYTES_CONFIG, Long.toString(DiskBudget.indexBytes(segmentBytes)));
    config.put(TopicConfig.FILE_DELETE_DELAY_MS_CONFIG, "1000");
    return config;
  }

  /** Everything a new topic is created with. */
  Map<String, String> creation(DiskBudget disk) {
    Map<String, String> config = new LinkedHashMap<>(identity());
    config.putAll(sizing(disk));
    return config;
  }
}
