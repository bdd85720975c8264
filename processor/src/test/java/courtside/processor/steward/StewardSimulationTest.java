package courtside.processor.steward;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.processor.steward.SimulatedFeeds.Happening;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Lives of feeds whose steward is killed at any point. Give {@code -Dcourtside.simulations=N} for
 * more of them, and {@code -Dcourtside.seed=N} for a single one.
 */
final class StewardSimulationTest {
  private static final int LIVES = Integer.getInteger("courtside.simulations", 500);
  private static final long FIRST = Long.getLong("courtside.seed", 1);

  @Test
  void everyVersionPlaysOnePartAndNothingIsLeft() {
    Map<Happening, Integer> happened = new EnumMap<>(Happening.class);
    int lives = System.getProperty("courtside.seed") == null ? LIVES : 1;
    for (long seed = FIRST; seed < FIRST + lives; seed++) {
      try {
        new SimulatedFeeds(seed, happened).live();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    System.out.println("steward, " + lives + " lives: " + happened);
    if (lives > 100) {
      // What never happens proves nothing.
      assertThat(happened.keySet()).containsExactly(Happening.values());
      assertThat(happened.values()).allMatch(times -> times >= lives / 100);
    }
  }
}
