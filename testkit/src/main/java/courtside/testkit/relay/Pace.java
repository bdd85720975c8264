package courtside.testkit.relay;

import java.time.Duration;
import java.time.Instant;

/** When each frame of a recording is played. Immutable. */
public sealed interface Pace {
  /**
   * How long after the start of playing a frame is due, in nanoseconds.
   *
   * @param played how many frames were played before it
   * @param first the time of the first frame played
   * @param frame the time of the frame
   */
  long dueNanos(long played, Instant first, Instant frame);

  /** As far apart as their own times are; one whose time runs back is due at once. */
  record AsRecorded() implements Pace {
    @Override
    public long dueNanos(long played, Instant first, Instant frame) {
      return Math.max(0, Duration.between(first, frame).toNanos());
    }
  }

  /** Evenly. */
  record Rate(double framesPerSecond) implements Pace {
    private static final double NANOS_PER_SECOND = 1e9;

    /** Checks that it is above 0. */
    public Rate {
      if (!(framesPerSecond > 0)) {
        throw new IllegalArgumentException(
            "expected a rate above 0 frames per second, found " + framesPerSecond);
      }
    }

    @Override
    public long dueNanos(long played, Instant first, Instant frame) {
      return (long) (played / framesPerSecond * NANOS_PER_SECOND);
    }
  }

  /** One after the other, without a pause. */
  record AsFastAsPossible() implements Pace {
    @Override
    public long dueNanos(long played, Instant first, Instant frame) {
      return 0;
    }
  }
}
