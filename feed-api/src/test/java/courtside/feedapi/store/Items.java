package courtside.feedapi.store;

import courtside.atproto.Bytes;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import courtside.feedapi.store.Changes.Item;
import courtside.feedapi.store.Changes.ItemChange;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Changes of items, times in milliseconds since 1970. */
final class Items {
  private Items() {}

  static void put(Changes changes, FeedVersion version, String uri, long sortAt, long expiresAt) {
    put(changes, version, uri, sortAt, expiresAt, "text");
  }

  static void put(
      Changes changes, FeedVersion version, String uri, long sortAt, long expiresAt, String text) {
    FeedItem item =
        new FeedItem(
            Instant.ofEpochMilli(sortAt),
            Instant.ofEpochMilli(expiresAt),
            "did:plc:a",
            "cid",
            text,
            List.of(),
            List.of(),
            List.of(),
            List.of());
    changes.item(
        version.itemKey(uri),
        new ItemChange(
            version, uri, Optional.of(new Item(item, Bytes.of(FeedItem.FORMAT.encode(item))))));
  }

  static void remove(Changes changes, FeedVersion version, String uri) {
    changes.item(version.itemKey(uri), new ItemChange(version, uri, Optional.empty()));
  }
}
