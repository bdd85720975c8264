package courtside.ingestor.sequence;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * A few frame times that follow each other. They come from strangers' clocks: some are wild. As
 * long as less than half of them are, the median is a true one, and those far from it are passed
 * over. Immutable.
 */
final class TimeSample {
  // Far beyond the years 0 to 9999 of a frame; keeps the milliseconds from overflowing.
  private static final long SECONDS = 1_000_000_000_000L;

  /**
   * Times farther from the median than this many times the median distance are wild. In frames that
   * come evenly the first and the last lie at two, so that a slow relay's sample keeps its ends.
   */
  private static final double TAME = 4;

  /** Clocks that differ by less than this are never wild, in milliseconds. */
  private static final double CLOSE = 1_000;

  private final double[] sorted;

  private TimeSample(double[] sorted) {
    this.sorted = sorted;
  }

  static TimeSample of(List<Instant> times) {
    double[] millis = new double[times.size()];
    for (int i = 0; i < millis.length; i++) {
      Instant time = times.get(i);
      millis[i] =
          Math.clamp(time.getEpochSecond(), -SECONDS, SECONDS) * 1_000.0
              + time.getNano() / 1_000_000.0;
    }
    Arrays.sort(millis);
    return new TimeSample(millis);
  }

  /**
   * About how much time lies between the end of this sample and the beginning of a later one: the
   * distance of the medians less the natural way from each to its end, which is long where a relay
   * is slow.
   *
   * @param backwards a later median that lies before this one by more is no time
   * @return empty if times do not tell
   */
  Optional<Duration> until(TimeSample later, Duration backwards) {
    if (sorted.length == 0 || later.sorted.length == 0) {
      return Optional.empty();
    }
    double distance = median(later.sorted) - median(sorted);
    if (distance < -backwards.toMillis()) {
      return Optional.empty();
    }
    double end = tame().max().orElseThrow();
    double beginning = later.tame().min().orElseThrow();
    return Optional.of(Duration.ofMillis(Math.round(beginning - end)));
  }

  private DoubleStream tame() {
    double median = median(sorted);
    double[] distances = DoubleStream.of(sorted).map(time -> Math.abs(time - median)).toArray();
    Arrays.sort(distances);
    double farthest = Math.max(TAME * median(distances), CLOSE);
    return DoubleStream.of(sorted).filter(time -> Math.abs(time - median) <= farthest);
  }

  /** One of the times, so that at least one is tame: the middle of two far ones lies at none. */
  private static double median(double[] sorted) {
    return sorted[sorted.length / 2];
  }
}
