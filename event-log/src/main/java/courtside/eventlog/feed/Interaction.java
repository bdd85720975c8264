package courtside.eventlog.feed;

import courtside.eventlog.format.Format;
import java.util.Optional;

/**
 * One thing that a viewer did with an item of a feed, as the viewer's client reported it. The
 * viewer is the record's key, the time seen its Kafka timestamp. Each is a record of its own, and
 * not each request: it is a fact by itself, has a bound of its own, and a request that is sent
 * again after half of it was written does no harm. Immutable.
 *
 * <p>The bounds are those of whoever writes them, which has checked them; in UTF-8 bytes. Together
 * a record is less than 20 KiB.
 *
 * @param feed the address of the feed that it was seen in; at most 8 KiB
 * @param item the address of the post; at most 8 KiB
 * @param event what was done, such as {@link #SEEN}; an open set; at most 512 bytes
 * @param feedContext what this generator gave with the item; at most 2,000 bytes
 * @param reqId what this generator gave with the page; at most 100 bytes
 * @see <a
 *     href="https://docs.bsky.app/docs/api/app-bsky-feed-send-interactions">sendInteractions</a>
 */
public record Interaction(
    Optional<String> feed,
    Optional<String> item,
    String event,
    Optional<String> feedContext,
    Optional<String> reqId) {

  /** The record's bytes. */
  public static final Format<Interaction> FORMAT = Format.of(Interaction.class);

  /** The event of an item that was on the viewer's screen. */
  public static final String SEEN = "app.bsky.feed.defs#interactionSeen";
}
