package courtside.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class ReadPositionsTest {
  private static final TopicPartition PARTITION = new TopicPartition("posts", 3);

  private static final long SEEN = 60_000;
  private static final Lag NOTHING = new Lag(0, OptionalDouble.of(0));
  private static final Instant NOW = Instant.ofEpochMilli(100_000);

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

    positions.processed(PARTITION, 8, SEEN);
    assertThat(positions.next(PARTITION)).hasValue(9);
    positions.processed(PARTITION, 9, SEEN);
    assertThat(positions.next(PARTITION)).hasValue(11);
  }

  @Test
  void staysBehindRecordsThatWaitWhenMarkersFollow() {
    positions.advanced(PARTITION, 9, 10);
    positions.advanced(PARTITION, 11);

    positions.processed(PARTITION, 5, SEEN);
    assertThat(positions.next(PARTITION)).hasValue(6);
    positions.processed(PARTITION, 9, SEEN);
    assertThat(positions.next(PARTITION)).hasValue(11);
  }

  @Test
  void isNotKnownWhileTheFirstRecordsWait() {
    positions.standsAt(PARTITION, 4);
    positions.advanced(PARTITION, 9, 10);

    assertThat(positions.next(PARTITION)).isEmpty();
  }

  @Test
  void lagsByNothingThatIsKnownWhereTheEndsAreOld() {
    positions.standsAt(PARTITION, 15);
    PartitionEnds old =
        new PartitionEnds() {
          @Override
          public OptionalLong end(TopicPartition partition) {
            return OptionalLong.of(15);
          }

          @Override
          public boolean areFresh() {
            return false;
          }
        };

    assertThat(positions.lag(Set.of(PARTITION), _ -> OptionalLong.of(15), NOW)).contains(NOTHING);
    assertThat(positions.lag(Set.of(PARTITION), old, NOW)).isEmpty();
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
    assertThat(lag(known)).contains(NOTHING);
    assertThat(lag(known, PARTITION)).isEmpty();

    positions.standsAt(PARTITION, 10);
    positions.standsAt(other, 7);
    assertThat(lag(known, PARTITION)).map(Lag::events).contains(5L);
    assertThat(lag(known, PARTITION, other)).isEmpty();

    // An end that is older than what was read since is no lag.
    ends.put(other, 3L);
    assertThat(lag(known, PARTITION, other)).map(Lag::events).contains(5L);
  }

  @Test
  void isAsFarBehindAsWhatWasProcessedLastIsOld() {
    PartitionEnds ends = _ -> OptionalLong.of(15);
    positions.advanced(PARTITION, 14, 15);
    positions.standsAt(PARTITION, 10);

    // Nothing is known of what waits until something was processed.
    assertThat(lag(ends, PARTITION)).contains(new Lag(5, OptionalDouble.empty()));

    positions.processed(PARTITION, 10, SEEN);
    positions.advanced(PARTITION, 14, 15);
    assertThat(lag(ends, PARTITION)).contains(new Lag(4, OptionalDouble.of(40)));
    positions.processed(PARTITION, 14, SEEN);
    assertThat(lag(ends, PARTITION)).contains(NOTHING);
  }

  @Test
  void whatComesAfterALongSilenceHasNotWaitedThatLong() {
    AtomicLong end = new AtomicLong(15);
    PartitionEnds ends = _ -> OptionalLong.of(end.get());
    positions.advanced(PARTITION, 14, 15);
    positions.processed(PARTITION, 14, SEEN);
    assertThat(lag(ends, PARTITION)).contains(NOTHING);

    // when: something comes, and a second has passed since nothing was left
    end.set(16);
    Instant later = NOW.plusSeconds(1);
    assertThat(positions.lag(Set.of(PARTITION), ends, later))
        .contains(new Lag(1, OptionalDouble.of(1)));

    // and: that second is forgotten with the task
    positions.forget(PARTITION);
    positions.standsAt(PARTITION, 15);
    assertThat(positions.lag(Set.of(PARTITION), ends, later))
        .contains(new Lag(1, OptionalDouble.empty()));
  }

  @Test
  void isAsFarBehindAsThePartitionThatIsFurthest() {
    TopicPartition other = new TopicPartition("posts", 4);
    PartitionEnds ends = _ -> OptionalLong.of(15);
    positions.processed(PARTITION, 13, SEEN);
    positions.processed(other, 3, SEEN + 10_000);
    assertThat(lag(ends, PARTITION, other)).contains(new Lag(12, OptionalDouble.of(40)));

    // A clock that lies behind the records' makes no negative lag.
    positions.processed(PARTITION, 14, NOW.toEpochMilli());
    positions.processed(other, 13, NOW.toEpochMilli() + 1);
    assertThat(lag(ends, PARTITION, other)).contains(new Lag(1, OptionalDouble.of(0)));

    // What is not known of one is not known of all.
    positions.forget(other);
    positions.standsAt(other, 3);
    assertThat(lag(ends, PARTITION, other)).contains(new Lag(12, OptionalDouble.empty()));
  }

  @Test
  void forgetsATaskThatBeginsAnew() {
    positions.advanced(PARTITION, 9, 10);
    positions.processed(PARTITION, 9, SEEN);

    positions.forget(PARTITION);

    assertThat(positions.next(PARTITION)).isEmpty();
  }

  private Optional<Lag> lag(PartitionEnds ends, TopicPartition... partitions) {
    return positions.lag(Set.of(partitions), ends, NOW);
  }
}
