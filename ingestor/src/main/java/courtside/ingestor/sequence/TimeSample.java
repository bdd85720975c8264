package courtside.ingestor.sequence;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A few frame times, in the order in which the frames came. They come from strangers' clocks: some
 * are wild. As long as fewer than half of them are, the median is a true one. Immutable.
 */
final class TimeSample {
  // Far beyond the years 0 to 9999 of a frame; keeps the milliseconds from overflowing.
  private static final long SECONDS = 1_000_000_000_000L;

  /** By how much times may fall from frame to frame without any clock being wrong. */
  private static final double CLOSE = 1_000;

  private final double[] millis;

  private TimeSample(double[] millis) {
    this.millis = millis;
  }

  static TimeSample of(List<Instant> times) {
    return new TimeSample(
        times.stream()
            .mapToDouble(time ->
                Math.clamp(time.getEpochSecond(), -SECONDS, SECONDS) * 1_000.0
                    + time.getNano() / 1_000_000.0)
            .toArray());
  }

  /**
   * About how much time lies between the end of this sample and the beginning of a later one: the
   * distance of the medians less the natural way from each to its end, which is long where a relay
   * is slow. Only a time that agrees with the order in which frames came can be such an end: most
   * that came on its far side must not contradict it. The clock of a single frame decides nothing,
   * unless it is the last or the first one and wrong by just so much.
   *
   * @param backwards times that go back by more than this, medians and ends alike, are no times
   * @return empty if times do not tell
   */
  Optional<Duration> until(TimeSample later, Duration backwards) {
    if (millis.length == 0 || later.millis.length == 0) {
      return Optional.empty();
    }
    double back = backwards.toMillis();
    if (later.median() - median() < -back) {
      return Optional.empty();
    }
    OptionalDouble end = end(later.median() + back);
    OptionalDouble beginning = later.beginning(median() - back);
    if (end.isEmpty() || beginning.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofMillis(Math.round(beginning.getAsDouble() - end.getAsDouble())));
  }

  private double median() {
    double[] sorted = millis.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private OptionalDouble end(double latest) {
    return IntStream.range(0, millis.length)
        .filter(i -> millis[i] <= latest)
        .filter(i -> most(i + 1, millis.length, j -> millis[j] >= millis[i] - CLOSE))
        .mapToDouble(i -> millis[i])
        .max();
  }

  private OptionalDouble beginning(double earliest) {
    return IntStream.range(0, millis.length)
        .filter(i -> millis[i] >= earliest)
        .filter(i -> most(0, i, j -> millis[j] <= millis[i] + CLOSE))
        .mapToDouble(i -> millis[i])
        .min();
  }

  /** At least half; all of none. */
  private static boolean most(int from, int to, IntPredicate which) {
    return IntStream.range(from, to).filter(which).count() * 2 >= to - from;
  }
}
