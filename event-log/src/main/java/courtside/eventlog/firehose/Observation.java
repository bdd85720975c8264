package courtside.eventlog.firehose;

import java.time.Instant;

/**
 * Where the numbering of a relay stood at a moment. Immutable.
 *
 * @param seq the last sequence number that was seen
 * @param medianFrameTime the median of the times that the frames up to there carry
 * @param seenAt when it was seen, by the observer's clock
 */
public record Observation(long seq, Instant medianFrameTime, Instant seenAt) {}
