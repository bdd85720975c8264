package courtside.processor.feed;

import courtside.atproto.record.PostSummary;
import courtside.atproto.syntax.Did;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.rule.Matches;
import courtside.processor.rule.UnmatchableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Feeds of posts whose text holds the feed's name. A post may be one hour old at most in a feed
 * called {@code fresh}. A post whose text holds {@code unmatchable} cannot be matched, and one with
 * {@code broken-} before a feed's name not by that feed.
 */
final class WordRules implements FeedRules {
  private final Map<String, Duration> keeps;

  WordRules(Map<String, Duration> keeps) {
    this.keeps = new TreeMap<>(keeps);
  }

  static FeedVersion version(String feed) {
    return FeedVersion.of(feed, "v1");
  }

  @Override
  public Matches match(Did author, PostSummary post, Instant seen) throws UnmatchableException {
    if (post.text().contains("unmatchable")) {
      throw new UnmatchableException(
          "asked for by the test", new IllegalArgumentException(post.text()));
    }
    Set<FeedVersion> found =
        keeps.keySet().stream()
            .filter(feed -> post.text().contains(feed))
            .filter(feed ->
                !feed.equals("fresh")
                    || Duration.between(post.createdAt().orElse(seen), seen)
                            .compareTo(Duration.ofHours(1))
                        <= 0)
            .map(WordRules::version)
            .collect(Collectors.toSet());
    Map<FeedVersion, String> failed =
        found.stream()
            .filter(version -> post.text().contains("broken-" + version.feed()))
            .collect(
                Collectors.toMap(
                    version -> version,
                    version -> "the rule of " + version + " cannot be matched"));
    found.removeAll(failed.keySet());
    return new Matches(found, failed);
  }

  @Override
  public Duration keep(FeedVersion version) {
    return keeps.getOrDefault(version.feed().value(), Duration.ZERO);
  }

  @Override
  public List<FeedVersion> versions() {
    return keeps.keySet().stream().map(WordRules::version).toList();
  }
}
