package courtside.eventlog.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class FeedProgressTest {
  private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

  @Test
  void countsWhatIsRetained() {
    FeedProgress progress =
        FeedProgress.of(List.of(status(1_000, 1_250, 1_500, 10), status(0, 250, 500, 15)));

    assertThat(progress.partitions()).isEqualTo(2);
    assertThat(progress.passed()).isEqualTo(500);
    assertThat(progress.total()).isEqualTo(1_000);
    assertThat(progress.percent()).isEqualTo(50);
    assertThat(progress.left()).contains(Duration.ofSeconds(20));
  }

  @Test
  void isAtHundredOnlyWhereNothingIsLeft() {
    assertThat(FeedProgress.of(List.of(status(0, 9_999, 10_000, 1))).percent()).isEqualTo(99);
    assertThat(FeedProgress.of(List.of(status(0, 10_000, 10_000, 1))).percent()).isEqualTo(100);
    assertThat(FeedProgress.of(List.of(status(0, 0, 0, 1))).percent()).isEqualTo(100);
    assertThat(FeedProgress.of(List.of())).isEqualTo(nothing());
  }

  private static FeedProgress nothing() {
    return new FeedProgress(0, 0, 0, 0, Duration.ZERO, Optional.empty());
  }

  @Test
  void countsNothingThatRetentionHasTakenSince() {
    // A task that is behind what is retained will go on from there.
    FeedProgress progress = FeedProgress.of(List.of(status(600, 500, 1_000, 1)));

    assertThat(progress.passed()).isZero();
    assertThat(progress.percent()).isZero();
  }

  @Test
  void doesNotGuessWhereNothingMoves() {
    assertThat(FeedProgress.of(List.of(status(0, 10, 100, 0))).left()).isEmpty();
    assertThat(FeedProgress.of(List.of(status(0, 100, 100, 50))).left()).isEmpty();
  }

  @Test
  void isAsFarBehindAsThePartitionThatIsFurthest() {
    FeedStatus atItsEnd = new FeedStatus(NOW, 10, 10, NOW.minusSeconds(3_600), 0, 0);
    FeedStatus minute = new FeedStatus(NOW, 10, 20, NOW.minusSeconds(60), 0, 0);
    FeedStatus second = new FeedStatus(NOW.plusSeconds(9), 10, 20, NOW.plusSeconds(8), 0, 0);

    FeedProgress progress = FeedProgress.of(List.of(atItsEnd, minute, second));
    assertThat(progress.behind()).isEqualTo(Duration.ofMinutes(1));
    assertThat(progress.said()).contains(NOW);
    assertThat(FeedProgress.of(List.of(atItsEnd)).behind()).isZero();
  }

  private static FeedStatus status(long begin, long position, long end, double rate) {
    return new FeedStatus(
        NOW,
        position,
        end,
        NOW,
        0,
        0,
        OptionalLong.of(begin),
        OptionalDouble.of(rate),
        Optional.empty());
  }
}
