package courtside.eventlog.topic;

import courtside.eventlog.topic.Topic.Cleanup;
import java.time.Duration;
import java.util.List;

/** Every topic of the pipeline. */
public final class Topics {
  private static final int MIB = 1 << 20;
  private static final Duration TOMBSTONES = Duration.ofDays(7);

  /** Key: repo DID. Value: what the relay sent, byte for byte. */
  public static final Topic FRAMES =
      new Topic("firehose.frames", 12, Cleanup.DELETE, Duration.ofDays(3), 40, 8 * MIB, 6 * MIB);

  /**
   * Key: relay, or what {@link courtside.eventlog.firehose.Observations#key} makes of it. Value:
   * {@link courtside.eventlog.firehose.Cursor}, or those observations.
   */
  public static final Topic CURSORS = compacted("firehose.cursors", 1, 4 * MIB);

  /** Key: relay or stage. Value: {@link courtside.eventlog.firehose.Incident}. */
  public static final Topic INCIDENTS =
      new Topic(
          "firehose.incidents", 1, Cleanup.DELETE, Duration.ofDays(30), 4.0 / 7, 4 * MIB, MIB);

  /** Key: repo DID or none. Value: {@link courtside.eventlog.firehose.DeadLetter}. */
  public static final Topic DEAD_LETTERS =
      new Topic(
          "firehose.dead-letters", 3, Cleanup.DELETE, Duration.ofDays(30), 4, 8 * MIB, 6 * MIB);

  /** Key: repo DID. Value: {@link courtside.eventlog.post.PostEvent}. */
  public static final Topic POSTS =
      new Topic("posts", 12, Cleanup.DELETE, Duration.ofDays(30), 35, 4 * MIB, 2 * MIB);

  /** Key: feed and version, or feed. Value: a definition, or a feed's state. */
  public static final Topic FEED_DEFINITIONS = compacted("feed.definitions", 1, 4 * MIB);

  /** Key: feed, version, uri. Value: {@link courtside.eventlog.feed.FeedItem}. */
  public static final Topic FEED_ITEMS = compacted("feed.items", 6, 4 * MIB);

  /** Key: feed, version, partition. Value: {@link courtside.eventlog.feed.FeedStatus}. */
  public static final Topic FEED_STATUS = compacted("feed.status", 1, 4 * MIB);

  /** Key: viewer DID. Value: {@link courtside.eventlog.feed.Interaction}, as viewers sent it. */
  public static final Topic FEED_INTERACTIONS =
      new Topic(
          "feed.interactions", 6, Cleanup.DELETE, Duration.ofDays(30), 4.0 * 6 / 7, 4 * MIB, MIB);

  /** Key: service and instance. Value: {@link courtside.eventlog.status.ServiceStatus}. */
  public static final Topic SERVICE_STATUS = compacted("service.status", 1, 4 * MIB);

  /** Key: service and matter. Value: {@link courtside.eventlog.control.Wish}. */
  public static final Topic CONTROL = compacted("control", 1, 4 * MIB);

  /** Every topic, in the order of the frame's way. */
  public static final List<Topic> ALL =
      List.of(
          FRAMES,
          CURSORS,
          INCIDENTS,
          DEAD_LETTERS,
          POSTS,
          FEED_DEFINITIONS,
          FEED_ITEMS,
          FEED_STATUS,
          FEED_INTERACTIONS,
          SERVICE_STATUS,
          CONTROL);

  private Topics() {}

  private static Topic compacted(String name, int partitions, int segmentBytes) {
    return new Topic(name, partitions, Cleanup.COMPACT, TOMBSTONES, 0, segmentBytes, MIB);
  }
}
