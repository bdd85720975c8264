package courtside.testkit.relay;

import courtside.testkit.accounts.Emission;
import courtside.testkit.accounts.SimulatedNetwork;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;

/**
 * A simulated network, evenly and without end. Its events take the numbers that follow on the
 * log's. Confined to one thread.
 */
public final class LiveProgramme implements Programme {
  /** Most acts a second. */
  public static final int MAX_RATE = 100_000;

  private static final double NANOS_PER_SECOND = 1e9;
  private static final long MOST_LATE_NANOS = Duration.ofSeconds(2).toNanos();

  private final SimulatedNetwork network;
  private final InstantSource clock;
  private final long periodNanos;
  private long dueNanos;

  /**
   * Plays a network from where it is.
   *
   * @param actsPerSecond above 0, at most {@link #MAX_RATE}; seven of ten acts are posts
   * @param clock gives the events their times
   */
  public LiveProgramme(SimulatedNetwork network, double actsPerSecond, InstantSource clock) {
    if (!(actsPerSecond > 0 && actsPerSecond <= MAX_RATE)) {
      throw new IllegalArgumentException(
          "expected above 0 and at most " + MAX_RATE + " acts a second, found " + actsPerSecond);
    }
    this.network = network;
    this.clock = clock;
    this.periodNanos = (long) (NANOS_PER_SECOND / actsPerSecond);
  }

  @Override
  public OptionalLong nextDueNanos(long elapsedNanos) {
    if (elapsedNanos - dueNanos > MOST_LATE_NANOS) {
      // The machine slept: hours of a network must not come at once.
      dueNanos = elapsedNanos;
    }
    return OptionalLong.of(dueNanos);
  }

  @Override
  public void playNext(FrameLog log) throws IOException {
    for (Emission emission : network.next(clock.instant())) {
      long seq = log.lastSeq() + 1;
      log.append(seq, emission.frame(seq));
    }
    dueNanos += periodNanos;
  }

  @Override
  public String toString() {
    return "simulated network";
  }
}
