package courtside.doctor;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.log.TopicReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * Which feeds are served, as the log says, and whether what replays gets on: that takes as long as
 * history is long, and is no fault.
 */
final class FeedsCheck implements Check {
  private static final Duration POLL = Duration.ofMillis(200);

  private final Examination examination;

  FeedsCheck(Examination examination) {
    this.examination = examination;
  }

  @Override
  public String name() {
    return "feeds";
  }

  /** How the feeds stand. */
  private static final class Standing {
    /** What readers see, by feed. */
    final SequencedMap<RecordKey, FeedDefinition> served = new LinkedHashMap<>();

    /** Of those what follows the log, with where each partition is. */
    final Map<FeedVersion, List<FeedStatus>> following = new LinkedHashMap<>();

    /** What has not come to the end yet and is not wrong, in words. */
    final List<String> replaying = new ArrayList<>();

    /** What has not been seen to move, in words. */
    final List<String> still = new ArrayList<>();

    /** Feeds of which nothing is served. */
    final List<String> waiting = new ArrayList<>();

    boolean isDecided() {
      return still.isEmpty() && waiting.isEmpty();
    }
  }

  @Override
  public List<Finding> look(Chart chart) throws InterruptedException {
    Optional<String> obstacle = TopicsCheck.obstacle(chart);
    if (obstacle.isPresent()) {
      return List.of(Finding.skipped(name(), obstacle.get()));
    }
    Catalogue catalogue = new Catalogue();
    Standing standing;
    try (TopicReader definitions =
            new TopicReader(
                examination.kafka(),
                "courtside-doctor",
                Topics.FEED_DEFINITIONS,
                catalogue::apply);
        Statuses statuses = new Statuses(examination.kafka())) {
      long began = System.nanoTime();
      while (true) {
        int _ = definitions.readToEnd();
        statuses.read();
        standing = standing(catalogue, statuses);
        if (standing.isDecided()
            || System.nanoTime() - began > examination.limits().moves().toNanos()) {
          break;
        }
        Thread.sleep(POLL);
      }
    }
    chart.hasFeeds(standing.served);
    chart.follow(standing.following);
    return List.of(judge(standing));
  }

  private Standing standing(Catalogue catalogue, Statuses statuses) {
    Standing standing = new Standing();
    for (RecordKey feed : catalogue.feeds()) {
      Optional<FeedState> state = catalogue.state(feed);
      if (state.filter(FeedState::deleted).isPresent() || !isWanted(feed)) {
        continue;
      }
      Map<FeedVersion, FeedDefinition> definitions = catalogue.definitions(feed);
      Optional<FeedVersion> served =
          state
              .flatMap(FeedState::served)
              .map(version -> new FeedVersion(feed, version))
              .filter(definitions::containsKey);
      if (state.isPresent() && served.isPresent()) {
        standing.served.put(feed, definition(definitions, served.get()));
        if (isFilling(state.get(), served.get(), statuses)) {
          note(standing, statuses, served.get(), "fills for the first time");
        } else {
          standing.following.put(served.get(), statuses.of(served.get()));
        }
      }
      Optional<FeedVersion> candidate =
          state
              .flatMap(FeedState::candidate)
              .map(version -> new FeedVersion(feed, version))
              .filter(definitions::containsKey);
      if (candidate.isPresent() && definition(definitions, candidate.get()).hold()) {
        standing.replaying.add(
            "a version of "
                + feed
                + " is held, "
                + statuses.left(candidate.get())
                + " (courtside feed promote "
                + feed
                + ")");
      } else if (candidate.isPresent() && !statuses.isCurrent(candidate.get())) {
        note(standing, statuses, candidate.get(), "replays");
      }
      if (served.isEmpty() && candidate.isEmpty()) {
        standing.waiting.add(feed.value());
      }
    }
    return standing;
  }

  private static FeedDefinition definition(
      Map<FeedVersion, FeedDefinition> definitions, FeedVersion version) {
    return Optional.ofNullable(definitions.get(version))
        .orElseThrow(() -> new IllegalStateException("asked for a definition that is not there"));
  }

  private static void note(
      Standing standing, Statuses statuses, FeedVersion version, String doing) {
    String said = "a version of " + version.feed() + " " + doing + ", " + statuses.left(version);
    // Asked in any case: from there on it is known whether it moves.
    if (statuses.moves(version)) {
      standing.replaying.add(said);
    } else {
      standing.still.add(said);
    }
  }

  /**
   * Whether a version that nothing was served before has not yet read what there was when it began.
   * What is promoted later was up to date.
   */
  private static boolean isFilling(FeedState state, FeedVersion served, Statuses statuses) {
    if (state.previous().isPresent() || !state.endOffsets().isEmpty()) {
      return false;
    }
    if (statuses.isCurrent(served)) {
      return false;
    }
    List<FeedStatus> said = statuses.of(served);
    return said.size() < Topics.POSTS.partitions()
        || said.stream()
            .anyMatch(status ->
                status.position() < status.end() && status.seenAt().isBefore(state.switchedAt()));
  }

  private boolean isWanted(RecordKey feed) {
    return examination.feeds().isEmpty() || examination.feeds().contains(feed);
  }

  private Finding judge(Standing standing) {
    List<String> unknown =
        examination.feeds().stream()
            .filter(feed ->
                !standing.served.containsKey(feed) && !standing.waiting.contains(feed.value()))
            .map(RecordKey::value)
            .toList();
    if (!unknown.isEmpty() || (standing.served.isEmpty() && standing.waiting.isEmpty())) {
      return Finding.wrong(
          name(),
          unknown.isEmpty()
              ? "expected a feed, found none"
              : "expected the feed " + String.join(", ", unknown) + ", found none of that name",
          "courtside feeds list says what there is, courtside feeds apply FILE makes one");
    }
    if (!standing.waiting.isEmpty()) {
      return Finding.wrong(
          name(),
          "expected every feed to be served, found that no version is of "
              + String.join(", ", standing.waiting),
          "courtside feeds list says how far it is; does a processor run?");
    }
    if (!standing.still.isEmpty()) {
      return Finding.wrong(
          name(),
          "expected what replays to move within "
              + Words.of(examination.limits().moves())
              + ", found that it stands: "
              + String.join("; ", standing.still),
          "courtside replay status says how far it is; does a processor run, and is it ready?");
    }
    String served =
        standing.served.keySet().stream().map(RecordKey::value).collect(Collectors.joining(", "))
            + (standing.served.size() == 1 ? " is served" : " are served");
    return Finding.ok(
        name(),
        standing.replaying.isEmpty()
            ? served
            : served + "; " + String.join("; ", standing.replaying));
  }
}
