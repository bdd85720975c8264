package courtside.processor.feed;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.record.Post;
import courtside.atproto.record.PostSummary;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordUri;
import courtside.atproto.syntax.Tid;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.post.PostEvent;
import courtside.eventlog.post.PostEvent.AccountChanged;
import courtside.processor.letter.Letter;
import courtside.processor.rule.Matches;
import courtside.processor.rule.UnmatchableException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The fold behind every feed: the newest revision wins, whatever order events come in, and however
 * often. It takes a create for the beginning of a record and an update for its going on, as its
 * server says; where a post stands and until when is fixed by the first event of it that came in,
 * so there an edited createdAt may count in one order and not in another. Whatever ends, ends by
 * comparison with the time seen of the event at hand: callers pass what is held through {@link
 * #remaining} first, so it makes no difference whether a purge has run. Pure, up to what is wanted;
 * thread-safe.
 */
final class Fold {
  private static final String DELETED = "deleted";

  private final Memory memory;
  private final Reader reader;

  Fold(Memory memory) {
    this(memory, record -> Post.read(record).summary());
  }

  Fold(Memory memory, Reader reader) {
    this.memory = memory;
    this.reader = reader;
  }

  /** Reads a record. */
  @FunctionalInterface
  interface Reader {
    /** Throws if it is no post. */
    PostSummary read(Bytes record) throws MalformedDataException;
  }

  /** What is left of what is known of an account. */
  Optional<Account> remaining(Account held, Instant now) {
    return now.isBefore(end(held)) ? Optional.of(held) : Optional.empty();
  }

  /** When an account is forgotten. */
  Instant end(Account held) {
    return held.seenAt().plus(held.active() ? memory.revisions() : memory.inactiveAccounts());
  }

  /** What is left of what is known of a post. */
  Optional<Entry> remaining(Entry held, Optional<Account> author, Instant now) {
    List<Match> kept = new ArrayList<>(held.matches().size());
    for (Match match : held.matches()) {
      if (now.isBefore(match.expiresAt()) && !goneWithAccount(match, author, now)) {
        kept.add(match);
      }
    }
    if (kept.isEmpty() && !now.isBefore(held.seenAt().plus(memory.revisions()))) {
      return Optional.empty();
    }
    return Optional.of(kept.size() == held.matches().size() ? held : held.with(kept));
  }

  private boolean goneWithAccount(Match match, Optional<Account> author, Instant now) {
    Optional<Instant> deletedSince = author.flatMap(Account::deletedSince);
    if (deletedSince.isEmpty()) {
      return false;
    }
    Instant hiddenSince =
        deletedSince.get().isAfter(match.since()) ? deletedSince.get() : match.since();
    return !now.isBefore(hiddenSince.plus(memory.deletedAccounts()));
  }

  /** What is known of an account after an event about it. */
  Account account(Optional<Account> held, AccountChanged event, Instant seen, long position) {
    Instant frameTime = event.origin().frameTime();
    if (held.isPresent()) {
      int order = frameTime.compareTo(held.get().frameTime());
      if (order < 0 || (order == 0 && position <= held.get().position())) {
        return held.get();
      }
    }
    boolean deleted = !event.active() && event.status().filter(DELETED::equals).isPresent();
    Optional<Instant> deletedSince =
        deleted
            ? held.flatMap(Account::deletedSince).or(() -> Optional.of(seen))
            : Optional.empty();
    return new Account(event.active(), frameTime, position, seen, deletedSince);
  }

  /**
   * What is known of a post after an event about it.
   *
   * @param wanted by which it is judged
   * @param failed takes the feeds of which it cannot be told, and why: the post is in none of them
   * @throws MalformedDataException if the event's record is no post
   * @throws UnmatchableException if it cannot be told which feeds it belongs to, see {@link
   *     #unmatchable}
   */
  Optional<Entry> post(
      Optional<Entry> held,
      PostEvent.OfPost event,
      RecordUri uri,
      Instant seen,
      FeedRules.Wanted wanted,
      Map<FeedVersion, String> failed)
      throws MalformedDataException, UnmatchableException {
    if (held.isPresent() && event.rev().compareTo(held.get().rev()) <= 0) {
      return held;
    }
    return switch (event) {
      case PostEvent.Deleted _ -> Optional.of(Entry.inNoFeed(event.rev(), seen));
      case PostEvent.Created created -> {
        PostSummary post = summary(created);
        // Created anew: what was here must have been deleted, whether or not that was seen.
        List<Match> matches = matches(wanted, List.of(), uri, post, seen, false, failed);
        yield matches.isEmpty()
            ? matchingNothing(held, created, seen)
            : Optional.of(entry(created, post, seen, matches));
      }
      case PostEvent.Updated updated -> {
        PostSummary post = summary(updated);
        List<Match> known = held.map(Entry::matches).orElse(List.of());
        List<Match> matches = matches(wanted, known, uri, post, seen, true, failed);
        yield Optional.of(entry(updated, post, seen, matches));
      }
    };
  }

  /**
   * What is known of a post after an event whose post cannot be matched: as if it matched nothing.
   * Its revision counts, so that in no order of events an older content of it is shown.
   */
  Optional<Entry> unmatchable(Optional<Entry> held, PostEvent.OfPost event, Instant seen) {
    return event instanceof PostEvent.Created
        ? matchingNothing(held, event, seen)
        : Optional.of(Entry.inNoFeed(event.rev(), seen));
  }

  private PostSummary summary(PostEvent.Written event)
      throws MalformedDataException, UnmatchableException {
    try {
      return reader.read(event.record());
    } catch (RuntimeException | StackOverflowError e) {
      // A fault of ours, which is the same at every attempt: the events behind it must not wait.
      throw new UnmatchableException("the post cannot be read: " + Letter.unexpected(e), e);
    }
  }

  private static Optional<Entry> matchingNothing(
      Optional<Entry> held, PostEvent.OfPost created, Instant seen) {
    return held.isEmpty()
        // Older events about it can only be of an earlier life, which ended with a deletion.
        ? Optional.empty()
        : Optional.of(Entry.inNoFeed(created.rev(), seen));
  }

  private static Entry entry(
      PostEvent.Written event, PostSummary post, Instant seen, List<Match> matches) {
    return matches.isEmpty()
        ? Entry.inNoFeed(event.rev(), seen)
        : new Entry(event.rev(), seen, Optional.of(Content.of(event.cid(), post)), matches);
  }

  private static List<Match> matches(
      FeedRules.Wanted wanted,
      List<Match> known,
      RecordUri uri,
      PostSummary post,
      Instant seen,
      boolean update,
      Map<FeedVersion, String> failed)
      throws UnmatchableException {
    Map<FeedVersion, Match> held = new HashMap<>();
    known.forEach(match -> held.put(match.feedVersion(), match));
    Map<Instant, Set<FeedVersion>> matched = new HashMap<>();
    Set<FeedVersion> now = matched(wanted, matched, uri.repo(), post, seen, failed);
    Set<FeedVersion> candidates = new HashSet<>(now);
    candidates.addAll(held.keySet());
    Map<String, Match> matches = new TreeMap<>();
    for (FeedVersion version : candidates) {
      Match match = held.get(version);
      // How old the post was when it came in does not change with an edit.
      if (match == null) {
        Instant expiresAt = seen.plus(wanted.keep(version));
        matches.put(version.key(), newMatch(version, uri, post, seen, expiresAt, update));
      } else if (matched(wanted, matched, uri.repo(), post, match.since(), failed)
          .contains(version)) {
        matches.put(version.key(), match);
      }
    }
    return List.copyOf(matches.values());
  }

  private static Set<FeedVersion> matched(
      FeedRules.Wanted wanted,
      Map<Instant, Set<FeedVersion>> memo,
      Did author,
      PostSummary post,
      Instant at,
      Map<FeedVersion, String> failed)
      throws UnmatchableException {
    Set<FeedVersion> known = memo.get(at);
    if (known == null) {
      Matches matches = wanted.match(author, post, at);
      failed.putAll(matches.failed());
      known = matches.versions();
      memo.put(at, known);
    }
    return known;
  }

  private static Match newMatch(
      FeedVersion version,
      RecordUri uri,
      PostSummary post,
      Instant seen,
      Instant expiresAt,
      boolean update) {
    Instant sortAt = earlier(post.createdAt().orElse(seen), seen);
    if (update && Tid.isValid(uri.rkey().value())) {
      // Its creation is not known; its key may tell when that was.
      sortAt = earlier(sortAt, new Tid(uri.rkey().value()).time());
    }
    return new Match(
        version.feed().value(),
        version.version(),
        sortAt.truncatedTo(ChronoUnit.MILLIS),
        seen,
        expiresAt);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /** The items of {@code feed.items} that stand for an entry, by key: none of a hidden one. */
  static Map<String, FeedItem> shown(
      Optional<Entry> entry, Optional<Account> author, StateKey key) {
    if (entry.isEmpty() || author.filter(account -> !account.active()).isPresent()) {
      return Map.of();
    }
    Optional<Content> content = entry.get().content();
    if (content.isEmpty()) {
      return Map.of();
    }
    Map<String, FeedItem> items = new TreeMap<>();
    for (Match match : entry.get().matches()) {
      items.put(match.feedVersion().itemKey(key.uri()), content.get().item(match, key.did()));
    }
    return items;
  }

  /** What to write so that {@code after} stands where {@code before} did; null takes one out. */
  static Map<String, @Nullable FeedItem> changes(
      Map<String, FeedItem> before, Map<String, FeedItem> after) {
    Map<String, @Nullable FeedItem> changes = new TreeMap<>();
    Set<String> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    for (String key : keys) {
      FeedItem item = after.get(key);
      if (item == null || !item.equals(before.get(key))) {
        changes.put(key, item);
      }
    }
    return changes;
  }
}
