package courtside.eventlog.feed;

import courtside.atproto.syntax.RecordKey;

/**
 * One version of one feed, as the first part of keys: {@code feed/version}. Immutable.
 *
 * @param feed the feed's name, a record key, as it becomes part of the feed's address
 * @param version the hash of the definition
 */
public record FeedVersion(RecordKey feed, String version) {
  private static final char SEPARATOR = '/';

  /** Takes a version without separators in it. */
  public FeedVersion {
    if (version.isEmpty() || version.indexOf(SEPARATOR) >= 0) {
      throw new IllegalArgumentException("not a version: " + version);
    }
  }

  /** A version of a feed by name. */
  public static FeedVersion of(String feed, String version) {
    return new FeedVersion(new RecordKey(feed), version);
  }

  /**
   * The version that begins a key.
   *
   * @throws IllegalArgumentException if none does
   */
  public static FeedVersion read(String key) {
    int first = key.indexOf(SEPARATOR);
    if (first < 0) {
      throw new IllegalArgumentException("no feed and version in the key " + key);
    }
    int second = key.indexOf(SEPARATOR, first + 1);
    return of(
        key.substring(0, first), key.substring(first + 1, second < 0 ? key.length() : second));
  }

  /** {@code feed/version}, the key of a definition. */
  public String key() {
    return feed.value() + SEPARATOR + version;
  }

  /** {@code feed/version/uri}, the key of an item. */
  public String itemKey(String uri) {
    return key() + SEPARATOR + uri;
  }

  /**
   * The uri of an item's key.
   *
   * @throws IllegalArgumentException if the key has none
   */
  public static String uri(String itemKey) {
    int first = itemKey.indexOf(SEPARATOR);
    int second = first < 0 ? -1 : itemKey.indexOf(SEPARATOR, first + 1);
    if (second < 0) {
      throw new IllegalArgumentException("no uri in the key " + itemKey);
    }
    return itemKey.substring(second + 1);
  }

  /** {@code feed/version/partition}, the key of a status. */
  public String statusKey(int partition) {
    return key() + SEPARATOR + partition;
  }

  /** Whether a key of {@code feed.definitions} is that of a definition, not of a feed's state. */
  public static boolean isDefinitionKey(String key) {
    return key.indexOf(SEPARATOR) >= 0;
  }

  @Override
  public String toString() {
    return key();
  }
}
