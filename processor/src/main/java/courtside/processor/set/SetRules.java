package courtside.processor.set;

import courtside.atproto.record.PostSummary;
import courtside.atproto.syntax.Did;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedVersion;
import courtside.processor.feed.FeedRules;
import courtside.processor.rule.Candidate;
import courtside.processor.rule.Matcher;
import courtside.processor.rule.Matches;
import courtside.processor.rule.RuleException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of one set, replaced as a whole when one of its versions goes. Thread-safe. */
final class SetRules implements FeedRules {
  private final String set;
  private final Making making;
  private volatile Answer current;

  /**
   * Makes the rules of these versions.
   *
   * @throws RuleException if a rule cannot be used
   */
  SetRules(String set, Members members) throws RuleException {
    this(set, members, Matcher::of);
  }

  SetRules(String set, Members members, Making making) throws RuleException {
    this.set = set;
    this.making = making;
    this.current = new Answer(members, made(members.matched()));
  }

  /** Makes a matcher. */
  @FunctionalInterface
  interface Making {
    Matcher of(Map<FeedVersion, FeedDefinition> definitions) throws RuleException;
  }

  /** A matcher, and what it was made of. */
  private record Made(Map<FeedVersion, FeedDefinition> definitions, Matcher matcher) {
    /**
     * Whether it serves these as well: they are among its own, and most of them, so that what it
     * matches in vain costs no more than what it is asked for.
     */
    boolean serves(Map<FeedVersion, FeedDefinition> wanted) {
      return definitions.entrySet().containsAll(wanted.entrySet())
          && 2 * wanted.size() > definitions.size();
    }
  }

  /**
   * Matches these from now on. One thread replaces.
   *
   * @throws RuleException if a rule cannot be used; then nothing changes
   */
  void replace(Members members) throws RuleException {
    Made made = current.made;
    // A set of thousands that loses one after the other is not made anew each time.
    current = new Answer(members, made.serves(members.matched()) ? made : made(members.matched()));
  }

  private Made made(Map<FeedVersion, FeedDefinition> definitions) throws RuleException {
    return new Made(definitions, making.of(definitions));
  }

  @Override
  public String set() {
    return set;
  }

  @Override
  public Wanted now() {
    return current;
  }

  private static final class Answer implements Wanted {
    private final Members members;
    private final List<FeedVersion> versions;
    private final Made made;

    Answer(Members members, Made made) {
      this.members = members;
      this.versions =
          members.matched().keySet().stream()
              .sorted(Comparator.comparing(FeedVersion::key))
              .toList();
      this.made = made;
    }

    @Override
    public Matches match(Did author, PostSummary post, Instant seen) {
      Matches all = made.matcher().match(new Candidate(author, post, seen));
      // The matcher may be older than this, and know versions that are not matched any more.
      Set<FeedVersion> found = new HashSet<>(all.versions());
      found.retainAll(members.matched().keySet());
      Map<FeedVersion, String> failed = new HashMap<>(all.failed());
      failed.keySet().retainAll(members.matched().keySet());
      return new Matches(found, failed);
    }

    @Override
    public Duration keep(FeedVersion version) {
      FeedDefinition definition = members.matched().get(version);
      if (definition == null) {
        throw new IllegalStateException("asked about a version that is not matched: " + version);
      }
      return definition.keep();
    }

    @Override
    public List<FeedVersion> versions() {
      return versions;
    }

    @Override
    public Set<FeedVersion> removing() {
      return members.removing();
    }
  }
}
