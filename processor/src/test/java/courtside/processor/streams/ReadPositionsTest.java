package courtside.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class ReadPositionsTest {
  private static final TopicPartition PARTITION = new TopicPartition("posts", 3);

  private final ReadPositions positions = new ReadPositions();

  @Test
  void isNotKnownBeforeTheConsumerStandsSomewhere() {
    assertThat(positions.next(PARTITION)).isEmpty();
  }

  @Test
  void isWhereAnEmptyPartitionBegins() {
    positions.standsAt(PARTITION, 0);

    assertThat(positions.next(PARTITION)).hasValue(0);
  }

  @Test
  void goesPastTheMarkerAfterTheLastRecord() {
    // given: record 9 is the last, and a marker follows
    positions.advanced(PARTITION, 9, 11);

    positions.processed(PARTITION, 8);
    assertThat(positions.next(PARTITION)).hasValue(9);
    positions.processed(PARTITION, 9);
    assertThat(positions.next(PARTITION)).hasValue(11);
  }

  @Test
  void staysBehindRecordsThatWaitWhenMarkersFollow() {
    positions.advanced(PARTITION, 9, 10);
    positions.advanced(PARTITION, 11);

    positions.processed(PARTITION, 5);
    assertThat(positions.next(PARTITION)).hasValue(6);
    positions.processed(PARTITION, 9);
    assertThat(positions.next(PARTITION)).hasValue(11);
  }

  @Test
  void isNotKnownWhileTheFirstRecordsWait() {
    positions.standsAt(PARTITION, 4);
    positions.advanced(PARTITION, 9, 10);

    assertThat(positions.next(PARTITION)).isEmpty();
  }

  @Test
  void lagsAsLongAsItIsKnownOfEveryPartition() {
    TopicPartition other = new TopicPartition("posts", 4);
    Map<TopicPartition, Long> ends = new HashMap<>(Map.of(PARTITION, 15L));
    PartitionEnds known =
        partition ->
            ends.containsKey(partition)
                ? OptionalLong.of(ends.get(partition))
                : OptionalLong.empty();
    assertThat(positions.lag(Set.of(), known)).hasValue(0);
    assertThat(positions.lag(Set.of(PARTITION), known)).isEmpty();

    positions.standsAt(PARTITION, 10);
    positions.standsAt(other, 7);
    assertThat(positions.lag(Set.of(PARTITION), known)).hasValue(5);
    assertThat(positions.lag(Set.of(PARTITION, other), known)).isEmpty();

    // An end that is older than what was read since is no lag.
    ends.put(other, 3L);
    assertThat(positions.lag(Set.of(PARTITION, other), known)).hasValue(5);
  }

  @Test
  void forgetsATaskThatBeginsAnew() {
    positions.advanced(PARTITION, 9, 10);
    positions.processed(PARTITION, 9);

    positions.forget(PARTITION);

    assertThat(positions.next(PARTITION)).isEmpty();
  }
}
