package courtside.ingestor.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Lives of an ingestor and a relay that misbehaves, in virtual time. Give {@code
 * -Dcourtside.simulations=N} for more of them, and {@code -Dcourtside.seed=N} for a single one.
 */
final class SequencerSimulationTest {
  private static final int LIVES = Integer.getInteger("courtside.simulations", 2_000);
  private static final long FIRST = Long.getLong("courtside.seed", 1);

  @Test
  void nothingIsLostDoubledOrKeptSecret() {
    Map<ModelRelay.Event, Integer> happened = new EnumMap<>(ModelRelay.Event.class);
    int lives = System.getProperty("courtside.seed") == null ? LIVES : 1;
    for (long seed = FIRST; seed < FIRST + lives; seed++) {
      try {
        new SimulatedLife(seed, happened).live();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    if (lives > 100) {
      // A fault that never happens proves nothing.
      assertThat(happened.keySet()).containsExactly(ModelRelay.Event.values());
      assertThat(happened.values()).allMatch(times -> times >= lives / 100);
    }
  }
}
