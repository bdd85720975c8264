package courtside.feedapi.store;

import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import java.util.Optional;

/**
 * A feed and the version of it that this replica serves. Immutable.
 *
 * @param definition of that version; empty where the log has it no more
 */
public record ServedFeed(FeedVersion version, Optional<FeedDefinition> definition) {
  /** The feed's name: the last part of its address. */
  public String name() {
    return version.feed().value();
  }

  /** The feed's name for people. */
  public String displayName() {
    return definition.map(FeedDefinition::displayName).filter(n -> !n.isBlank()).orElse(name());
  }

  /** The uri of a post to show first. */
  public Optional<String> pinned() {
    return definition.flatMap(FeedDefinition::pinned);
  }

  /** Whether viewers are not shown again what they have seen. */
  public boolean hidesSeen() {
    return definition.filter(FeedDefinition::hidesSeen).isPresent();
  }
}
