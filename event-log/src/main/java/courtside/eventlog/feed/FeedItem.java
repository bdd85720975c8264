package courtside.eventlog.feed;

import courtside.eventlog.format.Format;
import java.time.Instant;
import java.util.List;

/**
 * A post in a feed: what is needed to order, serve and show it. Immutable.
 *
 * @param sortAt where it stands in the feed, newest first
 * @param expiresAt when it leaves the feed
 * @param author DID
 * @param cid of the record, as text
 * @param langs as the author named them
 * @param altTexts descriptions of its images
 * @param labels what its author labels it with
 */
public record FeedItem(
    Instant sortAt,
    Instant expiresAt,
    String author,
    String cid,
    String text,
    List<String> langs,
    List<String> links,
    List<String> altTexts,
    List<String> labels) {

  /** The record's bytes. */
  public static final Format<FeedItem> FORMAT = Format.of(FeedItem.class);

  /** Copies the lists. */
  public FeedItem {
    langs = List.copyOf(langs);
    links = List.copyOf(links);
    altTexts = List.copyOf(altTexts);
    labels = List.copyOf(labels);
  }
}
