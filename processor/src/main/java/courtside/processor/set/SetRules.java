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
final class SetRules implements FeedRules, AutoCloseable {
  private final String set;
  private final Making making;
  private volatile Answer current;
  private volatile boolean closed;

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

  /**
   * Matches these from now on.
   *
   * @throws RuleException if a rule cannot be used; then nothing changes
   */
  synchronized void replace(Members members) throws RuleException {
    Answer replaced = current;
    if (closed || members.equals(replaced.members)) {
      return;
    }
    SharedMatcher matcher = replaced.matcher;
    if (matcher.serves(members.matched())) {
      // A set of thousands that loses one after the other is not made anew each time.
      current = new Answer(members, matcher);
    } else {
      current = new Answer(members, made(members.matched()));
      matcher.giveBack();
    }
  }

  private SharedMatcher made(Map<FeedVersion, FeedDefinition> definitions) throws RuleException {
    return new SharedMatcher(definitions, making.of(definitions));
  }

  @Override
  public String set() {
    return set;
  }

  @Override
  public Wanted now() {
    while (!closed) {
      Answer answer = current;
      if (answer.matcher.take()) {
        return answer;
      }
      // Replaced since, and nobody has it any more: there is another.
    }
    throw new IllegalStateException("the rules of the set " + set + " are closed");
  }

  /** Nobody may ask any more; who has asked may go on. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      current.matcher.giveBack();
    }
  }

  /** Whoever is given it has its matcher until it is closed. */
  private static final class Answer implements Wanted {
    private final Members members;
    private final List<FeedVersion> versions;
    private final SharedMatcher matcher;

    Answer(Members members, SharedMatcher matcher) {
      this.members = members;
      this.versions =
          members.matched().keySet().stream()
              .sorted(Comparator.comparing(FeedVersion::key))
              .toList();
      this.matcher = matcher;
    }

    @Override
    public Matches match(Did author, PostSummary post, Instant seen) {
      Matches all = matcher.matcher().match(new Candidate(author, post, seen));
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

    @Override
    public void close() {
      matcher.giveBack();
    }
  }
}
