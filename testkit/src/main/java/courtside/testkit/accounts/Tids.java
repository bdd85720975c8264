package courtside.testkit.accounts;

import courtside.atproto.syntax.Tid;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The revisions and record keys of one account: each later than the one before, also where the
 * clock stands still or goes back. Confined to one thread.
 */
final class Tids {
  private final int clockId;
  private long lastMicros;

  /**
   * @param clockId 0 to 1,023
   */
  Tids(int clockId) {
    this.clockId = clockId;
  }

  /** One of this moment, or of the first microsecond that has none yet. */
  Tid next(Instant now) {
    lastMicros = Math.max(ChronoUnit.MICROS.between(Instant.EPOCH, now), lastMicros + 1);
    return Tid.at(Instant.EPOCH.plus(lastMicros, ChronoUnit.MICROS), clockId);
  }
}
