package courtside.eventlog.feed;

import courtside.eventlog.format.Format;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a feed consists of, normalised. Its version is the hash of this and of the matcher's
 * version. Immutable.
 *
 * @param set the id of the set that it was applied with: what is applied together is replayed
 *     together
 * @param matcher the version of the matcher that made it
 * @param displayName the feed's name for people
 * @param description the feed's text for people
 * @param rule what a post must match: a Lucene query in the classic syntax
 * @param exclude what it must not match; empty for nothing
 * @param languages languages to keep, lower case; empty for all
 * @param includeAuthors DIDs whose every post belongs
 * @param blockAuthors DIDs whose posts never do
 * @param maxAge the greatest age of a post when it is first seen, by its own createdAt; absent for
 *     none
 * @param keep how long items are kept from the time seen
 * @param pinned the uri of a post to show first
 * @param hold whether promotion waits for a person
 * @param hideSeen true where viewers are not shown again what they have seen; absent for false, as
 *     in definitions that were written before this was asked
 * @param threshold what the weights of the rule's alternatives that match must come to, at least 2;
 *     absent where one of them is enough
 */
public record FeedDefinition(
    String set,
    int matcher,
    String displayName,
    String description,
    String rule,
    String exclude,
    List<String> languages,
    List<String> includeAuthors,
    List<String> blockAuthors,
    Optional<Duration> maxAge,
    Duration keep,
    Optional<String> pinned,
    boolean hold,
    Optional<Boolean> hideSeen,
    Optional<Integer> threshold) {

  /** The record's bytes. */
  public static final Format<FeedDefinition> FORMAT = Format.of(FeedDefinition.class);

  /** Copies the lists; false is absent. */
  public FeedDefinition {
    languages = List.copyOf(languages);
    includeAuthors = List.copyOf(includeAuthors);
    blockAuthors = List.copyOf(blockAuthors);
    // One form of each, as a version is the hash of these bytes.
    hideSeen = hideSeen.filter(hides -> hides);
  }

  /** A definition of a feed that hides nothing, and to which one alternative is enough. */
  public FeedDefinition(
      String set,
      int matcher,
      String displayName,
      String description,
      String rule,
      String exclude,
      List<String> languages,
      List<String> includeAuthors,
      List<String> blockAuthors,
      Optional<Duration> maxAge,
      Duration keep,
      Optional<String> pinned,
      boolean hold) {
    this(
        set,
        matcher,
        displayName,
        description,
        rule,
        exclude,
        languages,
        includeAuthors,
        blockAuthors,
        maxAge,
        keep,
        pinned,
        hold,
        Optional.empty(),
        Optional.empty());
  }

  /** Whether viewers are not shown again what they have seen. */
  public boolean hidesSeen() {
    return hideSeen.isPresent();
  }

  /** The same in another set. */
  public FeedDefinition withSet(String other) {
    return new FeedDefinition(
        other,
        matcher,
        displayName,
        description,
        rule,
        exclude,
        languages,
        includeAuthors,
        blockAuthors,
        maxAge,
        keep,
        pinned,
        hold,
        hideSeen,
        threshold);
  }
}
