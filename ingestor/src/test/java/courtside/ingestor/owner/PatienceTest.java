package courtside.ingestor.owner;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.ingestor.owner.Watchdog.Patience;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PatienceTest {
  private static final long LIMIT = 3_000;
  private static final long LONGEST_LOOK = 1_000;
  // Near the end of the range, where only differences compare.
  private static final long START = Long.MAX_VALUE - Duration.ofNanos(1_000).toNanos();

  private final Patience patience = new Patience(LIMIT, LONGEST_LOOK, START);

  @Test
  void isOverWhenNoTurnCameForLongerThanTheLimit() {
    patience.turned(START + 400);
    for (long at = 500; at <= 3_400; at += 500) {
      assertThat(patience.isOver(START + at)).as("at %d", at).isFalse();
    }
    assertThat(patience.isOver(START + 3_500)).isTrue();
  }

  @Test
  void isNotOverWhileTurnsCome() {
    for (long at = 0; at <= 20_000; at += 500) {
      patience.turned(START + at - 400);
      assertThat(patience.isOver(START + at)).as("at %d", at).isFalse();
    }
  }

  @Test
  void beginsAnewWhenTheWatchdogSleptAsWell() {
    assertThat(patience.isOver(START + 500)).isFalse();
    assertThat(patience.isOver(START + 60_000)).as("after a sleep").isFalse();
    assertThat(patience.isOver(START + 60_500)).isFalse();
    for (long at = 61_000; at <= 63_000; at += 500) {
      assertThat(patience.isOver(START + at)).as("at %d", at).isFalse();
    }
    assertThat(patience.isOver(START + 63_500)).as("hung since then").isTrue();
  }
}
