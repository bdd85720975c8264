package courtside.processor.rule;

import courtside.atproto.record.PostSummary;
import courtside.atproto.syntax.Did;
import java.time.Instant;

/**
 * A post that may belong to feeds. What its author claims as its time is in the post itself.
 * Immutable.
 *
 * @param seen the time seen: the ingestor's clock when the post's frame was read
 */
public record Candidate(Did author, PostSummary post, Instant seen) {}
