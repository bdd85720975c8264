package courtside.ingestor.pump;

import java.util.OptionalLong;

/** Where to begin on a relay that has no cursor. */
public enum StartMode {
  /** At the live tip, if nothing was ever written; where frames exist without a cursor, refuse. */
  LIVE_IF_NEW(OptionalLong.empty()),
  /** At the oldest frame that the relay has, on the same condition. */
  OLDEST_IF_NEW(OptionalLong.of(0));

  private final OptionalLong cursor;

  StartMode(OptionalLong cursor) {
    this.cursor = cursor;
  }

  /** What to ask the relay for. */
  OptionalLong cursor() {
    return cursor;
  }
}
