package courtside.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.processor.streams.Overtaking.Loss;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class OvertakingTest {
  private static final TopicPartition PARTITION = new TopicPartition("posts", 3);

  private final Overtaking overtaking = new Overtaking();

  private static Loss loss(long expected, long start) {
    return new Loss(PARTITION, OptionalLong.of(expected), start);
  }

  private void lost(long expected, long start) {
    overtaking.lost(PARTITION, OptionalLong.of(expected), start);
  }

  private Map<TopicPartition, OffsetAndMetadata> committed(long offset) {
    return overtaking.withPlaces(Map.of(PARTITION, new OffsetAndMetadata(offset)));
  }

  @Test
  void isSaidOnceWithTheFirstRecordAfterIt() {
    overtaking.fetched(PARTITION, 2, 12);
    lost(12, 20);
    overtaking.fetched(PARTITION, 1, 21);

    assertThat(overtaking.nextRecord(PARTITION)).isEmpty();
    assertThat(overtaking.nextRecord(PARTITION)).isEmpty();
    assertThat(overtaking.nextRecord(PARTITION)).containsExactly(loss(12, 20));
    assertThat(overtaking.nextRecord(PARTITION)).isEmpty();
    assertThat(overtaking.withoutRecord(PARTITION)).isEmpty();
    assertThat(committed(21)).isEqualTo(Map.of(PARTITION, new OffsetAndMetadata(21)));
  }

  @Test
  void isSaidWithoutARecordOnceAllBeforeItAreProcessedAndMovesTheOffset() {
    overtaking.fetched(PARTITION, 1, 12);
    lost(12, 20);

    // The task has a record yet that comes before: its offset is the one to commit.
    assertThat(overtaking.withoutRecord(PARTITION)).isEmpty();
    assertThat(committed(11)).isEqualTo(Map.of(PARTITION, new OffsetAndMetadata(11)));

    assertThat(overtaking.nextRecord(PARTITION)).isEmpty();
    // Streams takes the offset before the loss for the next, and goes on to, until a record comes.
    assertThat(committed(12)).isEqualTo(Map.of(PARTITION, new OffsetAndMetadata(12)));
    assertThat(overtaking.withoutRecord(PARTITION)).containsExactly(loss(12, 20));
    assertThat(committed(12)).isEqualTo(Map.of(PARTITION, new OffsetAndMetadata(20)));
    assertThat(committed(12)).isEqualTo(Map.of(PARTITION, new OffsetAndMetadata(20)));
    assertThat(overtaking.withoutRecord(PARTITION)).isEmpty();
  }

  @Test
  void movesTheOffsetPastMarkersToo() {
    lost(12, 20);
    overtaking.fetched(PARTITION, 0, 22);

    assertThat(overtaking.withoutRecord(PARTITION)).containsExactly(loss(12, 20));
    assertThat(overtaking.withPlaces(Map.of()))
        .isEqualTo(Map.of(PARTITION, new OffsetAndMetadata(22)));
  }

  @Test
  void waitsForARecordThatWasFetched() {
    lost(12, 20);
    overtaking.fetched(PARTITION, 1, 21);

    // Said now, it would be committed without an offset: Streams has none before the first record.
    assertThat(overtaking.withoutRecord(PARTITION)).isEmpty();
    assertThat(overtaking.withPlaces(Map.of())).isEmpty();
    assertThat(overtaking.nextRecord(PARTITION)).containsExactly(loss(12, 20));
  }

  @Test
  void growsWhereMoreIsDeletedBeforeAnythingIsRead() {
    lost(12, 20);
    lost(20, 30);
    overtaking.lost(PARTITION, OptionalLong.of(30), 31);

    assertThat(overtaking.withoutRecord(PARTITION)).containsExactly(loss(12, 31));
  }

  @Test
  void isAnotherWhereSomethingWasReadBetween() {
    lost(12, 20);
    overtaking.fetched(PARTITION, 1, 21);
    lost(21, 30);
    overtaking.fetched(PARTITION, 1, 31);

    assertThat(overtaking.nextRecord(PARTITION)).containsExactly(loss(12, 20));
    assertThat(overtaking.nextRecord(PARTITION)).containsExactly(loss(21, 30));
  }

  @Test
  void isAnotherWhereTheFirstWasSaid() {
    lost(12, 20);
    assertThat(overtaking.withoutRecord(PARTITION)).containsExactly(loss(12, 20));
    lost(20, 30);

    assertThat(overtaking.withoutRecord(PARTITION)).containsExactly(loss(20, 30));
  }

  @Test
  void aBeginningIsNoLossWhereverItIs() {
    overtaking.begins(PARTITION, 4);
    lost(4, 9);

    assertThat(overtaking.withoutRecord(PARTITION)).isEmpty();
    assertThat(overtaking.withPlaces(Map.of()))
        .isEqualTo(Map.of(PARTITION, new OffsetAndMetadata(9)));
  }

  @Test
  void whatIsDeletedAfterTheBeginningWasCommittedIsLost() {
    overtaking.begins(PARTITION, 4);
    assertThat(overtaking.withPlaces(Map.of()))
        .isEqualTo(Map.of(PARTITION, new OffsetAndMetadata(4)));
    lost(4, 9);

    assertThat(overtaking.withoutRecord(PARTITION)).containsExactly(loss(4, 9));
  }

  @Test
  void ofAPlaceThatIsNotKnownAnyMoreTheBeginningIsNotKnown() {
    overtaking.lost(PARTITION, OptionalLong.empty(), 4);
    lost(4, 9);

    assertThat(overtaking.withoutRecord(PARTITION))
        .containsExactly(new Loss(PARTITION, OptionalLong.empty(), 9));
  }

  @Test
  void isKeptUntilTheTaskOfAPartitionThatWasJustAssignedBegins() {
    lost(12, 20);
    overtaking.taskBegins(PARTITION);

    assertThat(overtaking.withoutRecord(PARTITION)).containsExactly(loss(12, 20));
  }

  @Test
  void isForgottenWhereTheConsumerGoesBackAndFindsItAgain() {
    overtaking.fetched(PARTITION, 2, 12);
    lost(12, 20);
    // when: the transaction is aborted, and nothing of those two was committed
    overtaking.leaves(PARTITION);
    overtaking.taskBegins(PARTITION);
    lost(10, 20);
    overtaking.fetched(PARTITION, 1, 21);

    assertThat(overtaking.nextRecord(PARTITION)).containsExactly(loss(10, 20));
    assertThat(overtaking.nextRecord(PARTITION)).isEmpty();
  }

  @Test
  void anotherThreadsPlacesAreNotCommittedHere() {
    CompletableFuture.runAsync(() -> overtaking.begins(PARTITION, 4)).join();

    assertThat(overtaking.withPlaces(Map.of())).isEmpty();
  }

  @Test
  void whatEndsBeforeWhatWasExpectedIsAnotherLog() {
    assertThat(loss(12, 0).isOfAnotherLog()).isTrue();
    assertThat(loss(12, 20).isOfAnotherLog()).isFalse();
    assertThat(new Loss(PARTITION, OptionalLong.empty(), 0).isOfAnotherLog()).isFalse();
  }
}
