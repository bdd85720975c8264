package courtside.ingestor.pump;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class DeadLetterBudgetTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  // Near the end of the range, where only differences compare.
  private static final long START = Long.MAX_VALUE - SECOND;

  private final DeadLetterBudget budget = new DeadLetterBudget(6_000, START);

  @Test
  void givesAMinutesWorthAtOnceAndThenWhatTimeBrings() {
    assertThat(budget.take(4_000, START)).isTrue();
    assertThat(budget.take(2_001, START)).isFalse();
    assertThat(budget.take(2_000, START)).isTrue();
    assertThat(budget.take(1, START)).isFalse();
    assertThat(budget.take(101, START + SECOND)).isFalse();
    assertThat(budget.take(100, START + SECOND)).isTrue();
    assertThat(budget.take(1, START + SECOND)).isFalse();
  }

  @Test
  void savesNoMoreThanAMinutesWorth() {
    assertThat(budget.take(6_001, START + 3_600 * SECOND)).isFalse();
    assertThat(budget.take(6_000, START + 3_600 * SECOND)).isTrue();
    assertThat(budget.take(1, START + 3_600 * SECOND)).isFalse();
  }

  @Test
  void ofNothingGivesNothing() {
    DeadLetterBudget none = new DeadLetterBudget(0, START);
    assertThat(none.take(1, START + 3_600 * SECOND)).isFalse();
  }
}
