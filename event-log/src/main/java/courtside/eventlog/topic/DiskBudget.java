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

  /** Kafka notes a place and a time, of 8 and 12 bytes, for every 4,096 bytes of records. */
  private static final long BYTES_PER_INDEXED = 256;

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

  /**
   * What is reserved by the budget that a topic on a broker was sized with, in bytes.
   *
   * @param topic one that has a share
   * @param retentionBytes what the broker keeps of one partition of it
   * @param segmentBytes how large its segments are
   */
  public static long reservedBeside(Topic topic, long retentionBytes, long segmentBytes) {
    double given = Topics.ALL.stream().mapToDouble(Topic::diskPercent).sum();
    double share = ((double) retentionBytes + segmentBytes) * topic.partitions();
    return (long) (share / topic.diskPercent() * (100 - given));
  }

  /**
   * What an index of a segment of that size is made as long as: more than it can come to. Kafka's
   * own 10 MB, twice for every partition, would look like more than the least budget, and be it
   * where files have no holes.
   */
  static long indexBytes(long segmentBytes) {
    return segmentBytes / BYTES_PER_INDEXED;
  }
}
