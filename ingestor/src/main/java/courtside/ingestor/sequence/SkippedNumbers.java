package courtside.ingestor.sequence;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Gathers the numbers that a relay passes over, so that they are said once in a while and not for
 * each frame. Confined to one thread.
 */
final class SkippedNumbers {
  private final long every;
  private boolean said;
  private long saidAt;
  private long from;
  private long to;
  private long numbers;

  /**
   * None yet.
   *
   * @param every nanoseconds between two of what {@link #due} gives, at least
   */
  SkippedNumbers(long every) {
    this.every = every;
  }

  void add(long before, long after) {
    if (numbers == 0) {
      from = before;
    }
    to = after;
    numbers += after - before - 1;
  }

  /** What was gathered, if some was and the time has come. */
  <F> Optional<Outcome<F>> due(long now) {
    return said && now - saidAt < every ? Optional.empty() : take(now);
  }

  /** What was gathered, if some was. */
  <F> Optional<Outcome<F>> take(long now) {
    if (numbers == 0) {
      return Optional.empty();
    }
    Outcome<F> gathered = new Outcome.Skipped<>(from, to, numbers);
    numbers = 0;
    said = true;
    saidAt = now;
    return Optional.of(gathered);
  }

  /** When {@link #due} will give something. */
  OptionalLong deadline() {
    return numbers == 0 ? OptionalLong.empty() : OptionalLong.of(saidAt + every);
  }
}
