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
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Feeds of posts whose text holds the feed's name. A post may be one hour old at most in a feed
 * called {@code fresh}. A post whose text holds {@code unmatchable} cannot be matched, and one with
 * {@code broken-} before a feed's name not by that feed. Feeds can be taken out while this is used.
 * Confined to one thread.
 */
final class WordRules implements FeedRules {
  static final String SET = "test-set";

  private final Map<String, Duration> keeps;
  private final Set<String> removing = new TreeSet<>();
  private Runnable onMatch = () -> {};
  private int asked;

  WordRules(Map<String, Duration> keeps) {
    this.keeps = new TreeMap<>(keeps);
  }

  static FeedVersion version(String feed) {
    return FeedVersion.of(feed, "v1");
  }

  /** The feed's items are to be taken out from now on. */
  void remove(String feed) {
    keeps.remove(feed);
    removing.add(feed);
  }

  /** Nothing is known of the feed from now on. */
  void forget(String feed) {
    keeps.remove(feed);
    removing.remove(feed);
  }

  /** Run before a post is matched. */
  void onMatch(Runnable run) {
    onMatch = run;
  }

  /** How often it was asked what is wanted. */
  int asked() {
    return asked;
  }

  @Override
  public String set() {
    return SET;
  }

  @Override
  public Wanted now() {
    asked++;
    return new Answer(new TreeMap<>(keeps), removing.stream().map(WordRules::version).toList());
  }

  private final class Answer implements Wanted {
    private final Map<String, Duration> keeps;
    private final List<FeedVersion> removing;

    Answer(Map<String, Duration> keeps, List<FeedVersion> removing) {
      this.keeps = keeps;
      this.removing = removing;
    }

    @Override
    public Matches match(Did author, PostSummary post, Instant seen) throws UnmatchableException {
      onMatch.run();
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
      Duration keep = keeps.get(version.feed().value());
      if (keep == null) {
        throw new IllegalStateException("asked about a feed that is not matched: " + version);
      }
      return keep;
    }

    @Override
    public List<FeedVersion> versions() {
      return keeps.keySet().stream().map(WordRules::version).toList();
    }

    @Override
    public Set<FeedVersion> removing() {
      return Set.copyOf(removing);
    }
  }
}
