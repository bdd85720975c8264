package courtside.processor.rule;

import courtside.eventlog.feed.FeedDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Definitions for tests, made from what matters. */
final class Definitions {
  private Definitions() {}

  static FeedDefinition of(String rule, String exclude) {
    return new FeedDefinition(
        "set",
        Matcher.VERSION,
        "Feed",
        "",
        rule,
        exclude,
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Duration.ofDays(3),
        Optional.empty(),
        false);
  }
}
