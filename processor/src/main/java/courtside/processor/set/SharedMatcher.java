package courtside.processor.set;

import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.rule.Matcher;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A matcher that is closed once nobody has it any more. Thread-safe. */
final class SharedMatcher {
  private final Map<FeedVersion, FeedDefinition> definitions;
  private final Matcher matcher;
  private final AtomicInteger holders = new AtomicInteger(1);

  /**
   * Shares a matcher; whoever does has it.
   *
   * @param definitions that it was made of
   */
  SharedMatcher(Map<FeedVersion, FeedDefinition> definitions, Matcher matcher) {
    this.definitions = Map.copyOf(definitions);
    this.matcher = matcher;
  }

  /** Takes it, unless nobody had it any more. Says whether. */
  boolean take() {
    return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  /** Gives it back. */
  void giveBack() {
    if (holders.decrementAndGet() == 0) {
      matcher.close();
    }
  }

  Matcher matcher() {
    return matcher;
  }

  /**
   * Whether it serves these as well: they are among its own, and most of them, so that what it
   * matches in vain costs no more than what it is asked for.
   */
  boolean serves(Map<FeedVersion, FeedDefinition> wanted) {
    return definitions.entrySet().containsAll(wanted.entrySet())
        && 2 * wanted.size() > definitions.size();
  }
}
