package courtside.eventlog.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DiskBudgetTest {
  private static final long GB = 1_000_000_000;

  /**
   * Worked out by hand. The share of a topic is so many parts of the budget, of a partition that
   * divided by the partitions, rounded down; a segment a tenth of that, 8 MiB (8,388,608) at least
   * for frames and dead letters and 4 MiB (4,194,304) for the others; what is kept the rest.
   * Incidents and interactions have 4 % together, in seven partitions.
   */
  @ParameterizedTest
  @CsvSource({
    // GB, topic, partitions, share of a partition, segment, kept
    "1, firehose.frames,       12,  33333333,  8388608,  24944725",
    "1, posts,                 12,  29166666,  4194304,  24972362",
    "1, firehose.dead-letters,  3,  13333333,  8388608,   4944725",
    "1, firehose.incidents,     1,   5714285,  4194304,   1519981",
    "1, feed.interactions,      6,   5714285,  4194304,   1519981",
    "20, firehose.frames,      12, 666666666, 66666666, 600000000",
    "20, posts,                12, 583333333, 58333333, 525000000",
    "20, firehose.dead-letters, 3, 266666666, 26666666, 240000000",
    "20, firehose.incidents,    1, 114285714, 11428571, 102857143",
    "20, feed.interactions,     6, 114285714, 11428571, 102857143",
  })
  void givesEachTopicItsShare(
      long gigabytes, String name, int partitions, long share, long segment, long kept) {
    DiskBudget disk = new DiskBudget(gigabytes * GB);
    Topic topic = named(name);
    assertThat(topic.partitions()).isEqualTo(partitions);
    assertThat(disk.segmentBytes(topic)).isEqualTo(segment);
    assertThat(disk.retentionBytes(topic)).isEqualTo(kept);
    assertThat(kept + segment).isEqualTo(share);
    assertThat(topic.sizing(disk))
        .containsEntry("segment.bytes", Long.toString(segment))
        .containsEntry("retention.bytes", Long.toString(kept))
        .containsEntry("file.delete.delay.ms", "1000");
  }

  @ParameterizedTest
  @ValueSource(longs = {GB, GB + 1, 3 * GB / 2, 20 * GB, 500 * GB, 40_000 * GB})
  void neverGivesMoreThanThereIs(long bytes) {
    DiskBudget disk = new DiskBudget(bytes);
    long all = 0;
    for (Topic topic : cut()) {
      long kept = disk.retentionBytes(topic);
      long segment = disk.segmentBytes(topic);
      long topicBytes = topic.partitions() * (kept + segment);
      assertThat(kept).as("kept of %s", topic.name()).isPositive();
      assertThat(segment)
          .as("segment of %s", topic.name())
          .isBetween((long) topic.minSegmentBytes(), 1L << 30);
      assertThat(topicBytes)
          .as("all of %s", topic.name())
          .isLessThanOrEqualTo((long) Math.ceil(bytes * topic.diskPercent() / 100));
      all += topicBytes;
    }
    assertThat(all).isLessThanOrEqualTo(bytes / 100 * 83 + 83);
  }

  @ParameterizedTest
  @ValueSource(longs = {GB, GB + 1, 3 * GB / 2, 20 * GB, 500 * GB, 40_000 * GB})
  void isKnownFromATopicThatItHasSized(long bytes) {
    DiskBudget disk = new DiskBudget(bytes);
    for (Topic topic : cut()) {
      assertThat(
              DiskBudget.reservedBeside(
                  topic, disk.retentionBytes(topic), disk.segmentBytes(topic)))
          .as("reserve beside %s", topic.name())
          // A byte of each partition is lost in rounding.
          .isCloseTo(
              bytes / 100 * 17,
              within((long) (18 + 17 * topic.partitions() / topic.diskPercent())));
    }
  }

  /**
   * Kafka rolls a segment early where an index is full, and makes an active one as long as this.
   */
  @ParameterizedTest
  @ValueSource(longs = {GB, 20 * GB, 500 * GB, 40_000 * GB})
  void givesIndexesWhatTheyNeedAndNotMuchMore(long bytes) {
    DiskBudget disk = new DiskBudget(bytes);
    long active = 0;
    for (Topic topic : Topics.ALL) {
      long segment = bytes(topic.sizing(disk), "segment.bytes");
      long index = bytes(topic.sizing(disk), "segment.index.bytes");
      // 12 bytes of the larger index for every 4,096 of records, and one entry kept free.
      assertThat(index)
          .as("index of %s", topic.name())
          .isGreaterThan((segment / 4_096 + 2) * 12)
          .isLessThanOrEqualTo(4 << 20);
      active += 2L * topic.partitions() * index;
    }
    assertThat(active).as("indexes of active segments").isLessThan(bytes / 100);
  }

  @Test
  void refusesLessThanTheLeast() {
    assertThatThrownBy(() -> new DiskBudget(GB - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected at least 1000000000 bytes, found 999999999");
    assertThat(new DiskBudget(DiskBudget.LEAST).bytes()).isEqualTo(GB);
    assertThat(DiskBudget.DEFAULT.bytes()).isEqualTo(20 * GB);
  }

  private static long bytes(Map<String, String> sizing, String name) {
    return Long.parseLong(Objects.requireNonNull(sizing.get(name), name));
  }

  private static List<Topic> cut() {
    return Topics.ALL.stream().filter(topic -> topic.diskPercent() > 0).toList();
  }

  private static Topic named(String name) {
    return Topics.ALL.stream().filter(topic -> topic.name().equals(name)).findFirst().orElseThrow();
  }
}
