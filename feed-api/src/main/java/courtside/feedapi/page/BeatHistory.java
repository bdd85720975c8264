package courtside.feedapi.page;

import courtside.eventlog.status.ServiceStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The firehose over the last minutes, second by second, as the ingestor that reads it said. It is
 * read from the log, so that whoever opens the page sees what was before. Bounded. Thread-safe.
 */
final class BeatHistory {
  static final Duration KEPT = Duration.ofMinutes(15);

  /** Of what was said before this looked; one from further ahead would push all others out. */
  private static final Duration AHEAD = Duration.ofSeconds(5);

  /** The figures of an ingestor that reads. */
  private static final String SILENCE = "seconds_since_last_frame";

  private static final String RATE = "frames_per_second";
  private static final String LAG = "lag_seconds";

  private final InstantSource clock;

  // Guarded by this. By the second since 1970.
  private final TreeMap<Long, Second> seconds = new TreeMap<>();
  private int readings;

  /**
   * What was said in one second.
   *
   * @param at seconds since 1970
   * @param silence seconds since the last frame
   * @param rate frames a second
   * @param lag seconds behind the network
   */
  record Second(long at, double silence, OptionalDouble rate, OptionalDouble lag) {}

  BeatHistory(InstantSource clock) {
    this.clock = clock;
  }

  /** Takes what an ingestor that reads says, and when; what anybody else says is none of it. */
  void add(ServiceStatus status, Instant heardAt) {
    Double silence = status.figures().get(SILENCE);
    if (!status.service().equals("ingestor")
        || silence == null
        || !Double.isFinite(silence)
        || heardAt.isAfter(clock.instant().plus(AHEAD))) {
      return;
    }
    put(new Second(heardAt.getEpochSecond(), silence, figure(status, RATE), figure(status, LAG)));
  }

  private static OptionalDouble figure(ServiceStatus status, String name) {
    Double value = status.figures().get(name);
    return value == null || !Double.isFinite(value)
        ? OptionalDouble.empty()
        : OptionalDouble.of(value);
  }

  private synchronized void put(Second second) {
    // Where two believe for a moment that they read, the one with frames does.
    seconds.merge(second.at(), second, (a, b) -> b.silence() <= a.silence() ? b : a);
    seconds.headMap(seconds.lastKey() - KEPT.toSeconds(), true).clear();
  }

  /** Everything that was there when the reading began has been read. */
  synchronized void complete() {
    readings++;
  }

  /** How many times everything was read: 0 as long as some of it may be missing. */
  synchronized int readings() {
    return readings;
  }

  /** Before everything is read again. */
  synchronized void clear() {
    seconds.clear();
  }

  /** Oldest first; seconds in which nobody said anything are missing. */
  synchronized List<Second> seconds() {
    return new ArrayList<>(seconds.values());
  }
}
