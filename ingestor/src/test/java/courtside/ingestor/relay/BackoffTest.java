package courtside.ingestor.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  @Test
  void doublesToTheCapWithTheJitterInsideIt() {
    for (long seed = 0; seed < 100; seed++) {
      Backoff backoff =
          new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), new Random(seed));
      for (int expected : new int[] {1, 2, 4, 8, 16, 30, 30, 30}) {
        assertThat(backoff.next())
            .as("seed %d", seed)
            .isBetween(Duration.ofMillis(expected * 500L), Duration.ofSeconds(expected));
      }
    }
  }

  @Test
  void beginsAnewAfterAReset() {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), new Random(1));
    for (int i = 0; i < 200; i++) {
      assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofSeconds(30));
    }
    backoff.reset();
    assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofSeconds(1));
  }
}
