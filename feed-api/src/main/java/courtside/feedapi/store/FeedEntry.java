package courtside.feedapi.store;

/**
 * An item as the ordered index has it. Immutable.
 *
 * @param expiresAt when it leaves the feed, in milliseconds since 1970
 */
public record FeedEntry(Position position, long expiresAt) {
  /** The post. */
  public String uri() {
    return position.uri();
  }

  /** Whether it is still in the feed. */
  public boolean isAliveAt(long millis) {
    return expiresAt > millis;
  }
}
