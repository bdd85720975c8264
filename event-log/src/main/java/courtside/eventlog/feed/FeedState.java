package courtside.eventlog.feed;

import courtside.eventlog.format.Format;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
 * @param wish the id of the last wish about this feed that was dealt with, so that each is once
 * @param refusal why that wish was not carried out, where it was not
 * @param sets the set of each version that plays a part, whatever set a definition names: of two
 *     that apply a version at once the first has it
 */
public record FeedState(
    Optional<String> served,
    Optional<String> previous,
    Optional<String> candidate,
    List<String> removing,
    boolean deleted,
    Instant switchedAt,
    List<Long> endOffsets,
    Optional<String> wish,
    Optional<String> refusal,
    Optional<Map<String, String>> sets) {

  /** The record's bytes. */
  public static final Format<FeedState> FORMAT = Format.of(FeedState.class);

  /** Copies the collections. */
  public FeedState {
    removing = List.copyOf(removing);
    endOffsets = List.copyOf(endOffsets);
    sets = sets.map(named -> Collections.unmodifiableMap(new TreeMap<>(Map.copyOf(named))));
  }

  /** A state of a feed about which nobody has wished anything. */
  public FeedState(
      Optional<String> served,
      Optional<String> previous,
      Optional<String> candidate,
      List<String> removing,
      boolean deleted,
      Instant switchedAt,
      List<Long> endOffsets) {
    this(
        served,
        previous,
        candidate,
        removing,
        deleted,
        switchedAt,
        endOffsets,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
