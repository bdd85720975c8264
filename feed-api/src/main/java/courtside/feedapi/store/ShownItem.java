package courtside.feedapi.store;

import courtside.eventlog.feed.FeedItem;

/** An item with everything that is known of it. Immutable. */
public record ShownItem(String uri, FeedItem item) {}
