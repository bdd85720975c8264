package courtside.eventlog.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of topics, written out once more: partitions route keys, so none may slip. */
final class TopicsTest {
  private static final int MIB = 1_048_576;

  @ParameterizedTest
  @CsvSource({
    "firehose.frames, 12, delete, 3, 6",
    "firehose.cursors, 1, compact, 7, 1",
    "firehose.incidents, 1, delete, 30, 1",
    "firehose.dead-letters, 3, delete, 30, 6",
    "posts, 12, delete, 30, 2",
    "feed.definitions, 1, compact, 7, 1",
    "feed.items, 6, compact, 7, 1",
    "feed.status, 1, compact, 7, 1",
    "feed.interactions, 6, delete, 30, 1",
    "service.status, 1, compact, 7, 1",
    "control, 1, compact, 7, 1",
  })
  void areWhatTheContractSays(
      String name, int partitions, String cleanup, int days, int maxMessageMib) {
    Topic topic = named(name);
    assertThat(topic.partitions()).isEqualTo(partitions);
    assertThat(topic.cleanup().policy()).isEqualTo(cleanup);
    assertThat(topic.retention()).isEqualTo(Duration.ofDays(days));
    assertThat(topic.maxMessageBytes()).isEqualTo(maxMessageMib * MIB);
    assertThat(topic.identity())
        .containsEntry("cleanup.policy", cleanup)
        .containsEntry("max.message.bytes", Integer.toString(maxMessageMib * MIB))
        .containsEntry("message.timestamp.type", "CreateTime")
        .hasSize(3);
  }

  @Test
  void areNamedOnceEach() {
    assertThat(Topics.ALL).hasSize(11).extracting(Topic::name).doesNotHaveDuplicates();
  }

  @Test
  void leaveAReserveForWhatCannotBeCut() {
    assertThat(Topics.ALL.stream().mapToDouble(Topic::diskPercent).sum()).isBetween(82.999, 83.001);
    assertThat(Topics.ALL)
        .allSatisfy(topic ->
            assertThat(topic.diskPercent() > 0)
                .as("%s is cut by bytes", topic.name())
                .isEqualTo(topic.cleanup() == Topic.Cleanup.DELETE));
  }

  @Test
  void holdALargestMessageInEverySegment() {
    assertThat(Topics.ALL)
        .allSatisfy(
            topic -> assertThat(topic.minSegmentBytes()).isGreaterThan(topic.maxMessageBytes()));
  }

  @Test
  void keepTheDeadDeadWhereTheyAreCompacted() {
    assertThat(Topics.FEED_ITEMS.creation(DiskBudget.DEFAULT))
        .containsEntry("delete.retention.ms", "604800000")
        .containsEntry("max.compaction.lag.ms", "86400000")
        .containsEntry("segment.bytes", "4194304")
        .doesNotContainKeys("retention.ms", "retention.bytes");
  }

  private static Topic named(String name) {
    return Topics.ALL.stream().filter(topic -> topic.name().equals(name)).findFirst().orElseThrow();
  }
}
