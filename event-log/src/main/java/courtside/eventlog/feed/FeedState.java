package courtside.eventlog.feed;

import courtside.eventlog.format.Format;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which versions of a feed play which part. Written by the steward alone. Immutable.
 *
 * @param served the version that readers see
 * @param previous the version that was served before and follows the log
 * @param candidate the version that fills and will be served
 * @param removing versions whose items are being taken out
 * @param deleted whether the feed was deleted; kept, so that it is not seeded again
 * @param switchedAt when {@code served} last changed
 * @param endOffsets the ends of {@code feed.items}, by partition, that a replica must have passed
 *     before it serves {@code served}
 */
public record FeedState(
    Optional<String> served,
    Optional<String> previous,
    Optional<String> candidate,
    List<String> removing,
    boolean deleted,
    Instant switchedAt,
    List<Long> endOffsets) {

  /** The record's bytes. */
  public static final Format<FeedState> FORMAT = Format.of(FeedState.class);

  /** Copies the lists. */
  public FeedState {
    removing = List.copyOf(removing);
    endOffsets = List.copyOf(endOffsets);
  }
}
