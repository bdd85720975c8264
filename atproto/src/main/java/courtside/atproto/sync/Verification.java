package courtside.atproto.sync;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What verifying one event came to, level by level. Nothing of it is an exception: a relay may pass
 * on what fails, and what to do about it is for whoever asked to decide. Immutable.
 *
 * @param outcomes of every level
 * @param state where the repository stands after the event, by a commit block that says what the
 *     message says; whether to believe it is what the outcomes are for
 */
public record Verification(Map<Level, Outcome> outcomes, Optional<RepoState> state) {
  /** Copies the outcomes. */
  public Verification {
    EnumMap<Level, Outcome> copy = new EnumMap<>(Level.class);
    for (Level level : Level.values()) {
      Outcome outcome = outcomes.get(level);
      if (outcome == null) {
        throw new IllegalArgumentException("no outcome of " + level);
      }
      copy.put(level, outcome);
    }
    outcomes = Map.copyOf(copy);
  }

  /** What came of a level. */
  public Outcome of(Level level) {
    Outcome outcome = outcomes.get(level);
    if (outcome == null) {
      throw new IllegalStateException("no outcome of " + level);
    }
    return outcome;
  }

  /** Whether a level passed. */
  public boolean passed(Level level) {
    return of(level) instanceof Outcome.Passed;
  }

  /** The first level that failed. */
  public Optional<Level> failed() {
    for (Level level : Level.values()) {
      if (of(level) instanceof Outcome.Failed) {
        return Optional.of(level);
      }
    }
    return Optional.empty();
  }
}
