package courtside.ingestor.pump;

import java.time.Duration;

/**
 * How the pump works. Immutable.
 *
 * @param relay the name that the cursor is kept under
 * @param instance this instance's identity over restarts
 * @param start where to begin on a relay that has no cursor
 * @param commitEvery how long a transaction gathers
 * @param maxFrames how many frames a transaction holds at most
 * @param hangLimit how long a turn of the pump may take before it is ended
 * @param leaveOnStop whether stopping leaves the group at once
 */
public record PumpSettings(
    String relay,
    String instance,
    StartMode start,
    Duration commitEvery,
    int maxFrames,
    Duration hangLimit,
    boolean leaveOnStop) {}
