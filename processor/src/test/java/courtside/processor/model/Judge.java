package courtside.processor.model;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.testkit.history.History;
import courtside.testkit.history.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Says what is wrong at one moment with what processors have made of histories. Confined to one
 * thread.
 */
final class Judge {
  private static final int LINES = 20;

  private final List<History> histories;
  private final Map<String, History> byAuthor = new HashMap<>();
  private final RuleChanges changes;
  private final Instant at;
  private final Map<FeedVersion, Map<String, FeedItem>> expected =
      new TreeMap<>(Comparator.comparing(FeedVersion::key));

  /**
   * Judges by what has been seen until then.
   *
   * @param at the time seen of the last frame
   */
  Judge(List<History> histories, RuleChanges changes, Instant at) {
    this.histories = histories;
    this.changes = changes;
    this.at = at;
    histories.forEach(
        history -> history.authors().forEach(author -> byAuthor.put(author, history)));
  }

  /**
   * What is wrong.
   *
   * @param all a line or some for each thing
   * @param histories those with which something is wrong
   * @param versions those in which something is wrong
   * @param items how many were compared
   */
  record Verdict(List<String> all, Set<Long> histories, Set<FeedVersion> versions, long items) {
    boolean isRight() {
      return all.isEmpty();
    }
  }

  Verdict judge(List<Step> written, Committed committed) {
    List<String> all = new ArrayList<>();
    Set<Long> wrong = new TreeSet<>();
    events(written, committed, all, wrong);
    Set<FeedVersion> standing = new TreeSet<>(Comparator.comparing(FeedVersion::key));
    states(committed, all, standing);
    Set<FeedVersion> versions = new TreeSet<>(Comparator.comparing(FeedVersion::key));
    long items = 0;
    for (FeedVersion version : standing) {
      Map<String, FeedItem> must = expected.computeIfAbsent(version, this::expected);
      Map<String, FeedItem> is = committed.items().getOrDefault(version, Map.of());
      items += must.size();
      if (!must.equals(is)) {
        versions.add(version);
        byHistory(version, must, is, all, wrong);
      }
    }
    committed
        .items()
        .forEach((version, left) -> {
          if (!standing.contains(version) && !left.isEmpty()) {
            all.add("nothing must be left of " + version + ", found " + left.size() + " items");
          }
        });
    return new Verdict(all, wrong, versions, items);
  }

  /** Each once, in order. */
  private void events(List<Step> written, Committed committed, List<String> all, Set<Long> wrong) {
    Map<String, List<String>> must = new LinkedHashMap<>();
    long count = 0;
    long letters = 0;
    for (Step step : written) {
      must.computeIfAbsent(step.did(), _ -> new ArrayList<>()).addAll(step.events());
      count += step.events().size();
      letters += step.refused();
    }
    must.forEach((did, events) -> {
      List<String> found = committed.events(did);
      if (!events.equals(found)) {
        int same = 0;
        while (same < Math.min(events.size(), found.size())
            && events.get(same).equals(found.get(same))) {
          same++;
        }
        all.add(
            "posts: expected of "
                + did
                + " "
                + events.size()
                + " events, found "
                + found.size()
                + " of which "
                + (found.size() - Set.copyOf(found).size())
                + " are there again; from number "
                + same
                + " on expected "
                + from(events, same)
                + "\n    found    "
                + from(found, same));
        Optional.ofNullable(byAuthor.get(did)).ifPresent(history -> wrong.add(history.seed()));
      }
    });
    if (committed.eventCount() != count) {
      all.add("posts: expected " + count + " events, found " + committed.eventCount());
    }
    if (committed.letters() != letters) {
      all.add("expected " + letters + " dead letters, found " + committed.letters());
    }
  }

  private static List<String> from(List<String> events, int first) {
    return events.subList(first, Math.min(events.size(), first + 3));
  }

  /** What is wanted is served, and nothing is under way. */
  private void states(Committed committed, List<String> all, Set<FeedVersion> standing) {
    for (Map.Entry<RecordKey, FeedVersion> wanted : changes.wanted().entrySet()) {
      RecordKey feed = wanted.getKey();
      Optional<FeedState> state = committed.catalogue().state(feed);
      if (state
          .filter(it -> it.served().equals(Optional.of(wanted.getValue().version())))
          .filter(it -> it.candidate().isEmpty() && it.removing().isEmpty())
          .isEmpty()) {
        all.add("expected " + wanted.getValue() + " served and settled, found " + state);
      }
      state.ifPresent(it -> {
        it.served().ifPresent(version -> standing.add(new FeedVersion(feed, version)));
        it.previous().ifPresent(version -> standing.add(new FeedVersion(feed, version)));
      });
    }
  }

  private Map<String, FeedItem> expected(FeedVersion version) {
    Map<String, FeedItem> items = new TreeMap<>();
    Taste taste = changes.taste(version);
    histories.forEach(history -> items.putAll(history.expected(taste.wanted(), at)));
    return items;
  }

  private void byHistory(
      FeedVersion version,
      Map<String, FeedItem> must,
      Map<String, FeedItem> is,
      List<String> all,
      Set<Long> wrong) {
    Map<Long, Map<String, FeedItem>> musts = parted(must);
    Map<Long, Map<String, FeedItem>> found = parted(is);
    Set<Long> seeds = new TreeSet<>(musts.keySet());
    seeds.addAll(found.keySet());
    for (long seed : seeds) {
      Map<String, FeedItem> its = musts.getOrDefault(seed, Map.of());
      Map<String, FeedItem> instead = found.getOrDefault(seed, Map.of());
      if (!its.equals(instead)) {
        wrong.add(seed);
        if (all.size() < LINES) {
          all.add(
              "history "
                  + seed
                  + " "
                  + Difference.text(
                      changes.taste(version).definition().toString(), at, its, instead));
        }
      }
    }
    all.add("in " + version + ": expected " + must.size() + " items, found " + is.size());
  }

  private Map<Long, Map<String, FeedItem>> parted(Map<String, FeedItem> items) {
    Map<Long, Map<String, FeedItem>> parts = new TreeMap<>();
    items.forEach((uri, item) -> {
      History history = byAuthor.get(item.author());
      if (history == null) {
        throw new AssertionError("expected items of histories, found " + uri + " " + item);
      }
      parts.computeIfAbsent(history.seed(), _ -> new TreeMap<>()).put(uri, item);
    });
    return parts;
  }
}
