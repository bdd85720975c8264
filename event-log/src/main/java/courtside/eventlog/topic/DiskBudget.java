package courtside.eventlog.topic;

/**
 * The bytes that the log may fill, {@code COURTSIDE_DISK}, and how topics share them. What is not
 * given to a topic is reserved for what cannot be cut by bytes. Immutable.
 *
 * @param bytes at least {@link #LEAST}
 */
public record DiskBudget(long bytes) {
  /** The least accepted: 1 GB. */
  public static final long LEAST = 1_000_000_000L;

  /** What is used where nothing is set: 20 GB. */
  public static final DiskBudget DEFAULT = new DiskBudget(20_000_000_000L);

  /** Kafka's own bound on a segment. */
  private static final long LARGEST_SEGMENT = 1L << 30;

  /**
   * Takes a budget of at least {@link #LEAST}.
   *
   * @throws IllegalArgumentException if it is less
   */
  public DiskBudget {
    if (bytes < LEAST) {
      throw new IllegalArgumentException("expected at least " + LEAST + " bytes, found " + bytes);
    }
  }

  /** The bytes that one partition of the topic may fill. */
  private long shareOfPartition(Topic topic) {
    return (long) (bytes * topic.diskPercent() / 100) / topic.partitions();
  }

  /** A tenth of the share, so that deleting the oldest segment gives back a little at a time. */
  long segmentBytes(Topic topic) {
    return Math.min(
        LARGEST_SEGMENT, Math.max(topic.minSegmentBytes(), shareOfPartition(topic) / 10));
  }

  /** The share less one segment: Kafka deletes whole segments once more than this is left. */
  long retentionBytes(Topic topic) {
    return shareOfPartition(topic) - segmentBytes(topic);
  }
}
