package courtside.processor.definition;

import courtside.atproto.syntax.Did;
import courtside.eventlog.feed.FeedDefinition;
import courtside.processor.rule.Matcher;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A definition for tests, made from what matters to them. Confined to one thread. */
public final class SomeFeed {
  private final String rule;
  private String set = "set";
  private int matcher = Matcher.VERSION;
  private String exclude = "";
  private List<String> languages = List.of();
  private List<String> include = List.of();
  private List<String> block = List.of();
  private Optional<Duration> maxAge = Optional.empty();
  private boolean hold;
  private Optional<Integer> threshold = Optional.empty();

  private SomeFeed(String rule) {
    this.rule = rule;
  }

  /** What matches this. */
  public static SomeFeed of(String rule) {
    return new SomeFeed(rule);
  }

  /** Where the evidence comes to this; absent where one alternative is enough. */
  public SomeFeed threshold(Optional<Integer> least) {
    threshold = least;
    return this;
  }

  /** In this set. */
  public SomeFeed in(String id) {
    set = id;
    return this;
  }

  /** For a matcher of this version. */
  public SomeFeed forMatcher(int version) {
    matcher = version;
    return this;
  }

  /** Without what matches this. */
  public SomeFeed excluding(String query) {
    exclude = query;
    return this;
  }

  /** In these languages alone. */
  public SomeFeed languages(String... wanted) {
    languages = List.of(wanted);
    return this;
  }

  /** With all that these write. */
  public SomeFeed include(Did... authors) {
    include = Stream.of(authors).map(Did::value).toList();
    return this;
  }

  /** Without what these write. */
  public SomeFeed block(Did... authors) {
    block = Stream.of(authors).map(Did::value).toList();
    return this;
  }

  /** Of posts no older than this. */
  public SomeFeed maxAge(Duration age) {
    maxAge = Optional.of(age);
    return this;
  }

  /** Not served before somebody says so, where that is so. */
  public SomeFeed held(boolean waits) {
    hold = waits;
    return this;
  }

  /** The definition. */
  public FeedDefinition definition() {
    return new FeedDefinition(
        set,
        matcher,
        "Feed",
        "",
        rule,
        exclude,
        languages,
        include,
        block,
        maxAge,
        Duration.ofDays(3),
        Optional.empty(),
        hold,
        Optional.empty(),
        threshold);
  }
}
