package courtside.ingestor.pump;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.FrameHeaders;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class InDoubtTest {
  private static final Instant NOW = Instant.parse("2026-11-25T20:00:00Z");
  private static final Instant BEFORE = NOW.minusSeconds(60);
  private static final List<FrameHeaders> NONE = List.of();

  private static List<FrameHeaders> frames(long epoch, long... numbers) {
    return Arrays.stream(numbers).mapToObj(seq -> new FrameHeaders("r", epoch, seq)).toList();
  }

  private static Optional<Cursor> cursor(long epoch, long seq) {
    return Optional.of(
        new Cursor(
            "r",
            epoch,
            seq,
            Optional.of(BEFORE),
            BEFORE,
            Bytes.of(new byte[32]),
            Optional.of("last rewind")));
  }

  private static Optional<Cursor> back(
      List<FrameHeaders> open, List<FrameHeaders> committed, Optional<Cursor> newest) {
    return new InDoubt(open, committed, List.of()).backTo(newest, NOW);
  }

  private static Optional<Cursor> began(
      long epoch, long seq, Optional<Instant> made, Optional<String> rewindId) {
    return Optional.of(new Cursor("r", epoch, seq, made, NOW, Bytes.of(new byte[0]), rewindId));
  }

  @Test
  void framesThatACursorCoversAreReadAgain() {
    assertThat(back(frames(3, 107, 105, 109), NONE, cursor(3, 110)))
        .isEqualTo(began(4, 104, Optional.of(BEFORE), Optional.of("last rewind")));
  }

  @Test
  void framesThatNoCursorCoversMayBeAborted() {
    assertThat(back(frames(3, 111, 112), NONE, cursor(3, 110))).isEmpty();
    assertThat(back(NONE, NONE, cursor(3, 110))).isEmpty();
    assertThat(back(frames(1, 1, 2), NONE, Optional.empty())).isEmpty();
  }

  @Test
  void whatWasSetBackIsNotSetBackAgain() {
    assertThat(
            back(
                frames(3, 107, 105, 109),
                NONE,
                began(4, 104, Optional.of(BEFORE), Optional.empty())))
        .isEmpty();
  }

  @Test
  void committedFramesBeyondTheCursorAreReadAgainInAnEpochOfTheirOwn() {
    assertThat(back(frames(3, 112), frames(3, 109, 110, 111, 113), cursor(3, 110)))
        .isEqualTo(began(4, 110, Optional.of(BEFORE), Optional.of("last rewind")));
    assertThat(back(frames(3, 112), frames(3, 109, 110), cursor(3, 110))).isEmpty();
  }

  @Test
  void aFirstTransactionOfWhichPartIsCommittedIsReadAgainAsWell() {
    assertThat(back(frames(1, 5, 8), frames(1, 6, 7), Optional.empty()))
        .isEqualTo(began(2, 4, Optional.empty(), Optional.empty()));
  }

  @Test
  void anotherNumberingIsNoneOfThis() {
    List<FrameHeaders> other = List.of(new FrameHeaders("other", 3, 50));
    assertThat(back(other, other, cursor(3, 110))).isEmpty();
    assertThat(back(frames(2, 50), frames(2, 200), cursor(3, 110))).isEmpty();
  }

  @Test
  void whatAPartitionLacksIsReadAgainFromItsLastFrameOn() {
    Instant made = BEFORE.minusSeconds(30);
    assertThat(lacking(NONE, whole(105, made), whole(107, BEFORE)))
        .isEqualTo(began(4, 105, Optional.of(made), Optional.of("last rewind")));
    // then: or from the first that stays open, if that is further back
    assertThat(lacking(frames(3, 103), whole(105, made)))
        .isEqualTo(began(4, 102, Optional.of(BEFORE), Optional.of("last rewind")));
  }

  private static InDoubt.Whole whole(long seq, Instant made) {
    return new InDoubt.Whole(seq, Optional.of(made));
  }

  private static Optional<Cursor> lacking(List<FrameHeaders> open, InDoubt.Whole... whole) {
    return new InDoubt(open, NONE, List.of(whole)).backTo(cursor(3, 110), NOW);
  }
}
