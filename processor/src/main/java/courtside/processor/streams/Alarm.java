package courtside.processor.streams;

import java.util.OptionalDouble;

/**
 * Whether it alarms that so small a share is left. An application that reads from the oldest record
 * begins with nothing left: as long as that becomes more, and until it was once enough, it does
 * not. Confined to one thread.
 */
final class Alarm {
  private final double enough;
  private boolean hadEnough;
  private double last = Double.NEGATIVE_INFINITY;

  /** An alarm below a share. */
  Alarm(double enough) {
    this.enough = enough;
  }

  /**
   * Looks again.
   *
   * @param share what is left, empty where all is read
   */
  boolean look(OptionalDouble share) {
    double now = share.orElse(1);
    boolean becomesMore = now > last;
    last = now;
    hadEnough |= now >= enough;
    return now < enough && (hadEnough || !becomesMore);
  }
}
