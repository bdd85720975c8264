package courtside.processor.feed;

import java.util.OptionalDouble;

/**
 * How fast a task reads: a mean of the seconds so far in which the last few count most. Confined to
 * the task's thread.
 */
final class Speed {
  /** After five looks, five sixths of the mean are what these saw. */
  private static final double WEIGHT = 0.3;

  private static final double MILLIS = 1_000;

  private boolean looked;
  private long position;
  private long at;
  private OptionalDouble rate = OptionalDouble.empty();

  /** Knows nothing any more: the task begins anew. */
  void forget() {
    looked = false;
    rate = OptionalDouble.empty();
  }

  /**
   * Takes where the task is.
   *
   * @param next the next offset to be read
   * @param now milliseconds of any clock; one that has not advanced is passed over
   * @return offsets passed a second; empty until there have been two looks
   */
  OptionalDouble look(long next, long now) {
    if (looked && now <= at) {
      return rate;
    }
    if (looked) {
      double passed = Math.max(0, next - position) * MILLIS / (now - at);
      rate =
          OptionalDouble.of(
              rate.isEmpty() ? passed : rate.getAsDouble() * (1 - WEIGHT) + passed * WEIGHT);
    }
    looked = true;
    position = next;
    at = now;
    return rate;
  }
}
