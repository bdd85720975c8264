package courtside.doctor;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.Topics;
import courtside.processor.catalogue.Catalogue;
import courtside.processor.log.TopicReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** Which feeds are served, as the log says. */
final class FeedsCheck implements Check {
  private final Examination examination;

  FeedsCheck(Examination examination) {
    this.examination = examination;
  }

  @Override
  public String name() {
    return "feeds";
  }

  @Override
  public List<Finding> look(Chart chart) {
    Optional<String> obstacle = TopicsCheck.obstacle(chart);
    if (obstacle.isPresent()) {
      return List.of(Finding.skipped(name(), obstacle.get()));
    }
    Catalogue catalogue = new Catalogue();
    try (TopicReader reader =
        new TopicReader(
            examination.kafka(), "courtside-doctor", Topics.FEED_DEFINITIONS, catalogue::apply)) {
      int _ = reader.readToEnd();
    }
    SequencedMap<RecordKey, FeedDefinition> served = new LinkedHashMap<>();
    List<String> waiting = new ArrayList<>();
    for (RecordKey feed : catalogue.feeds()) {
      Optional<FeedState> state = catalogue.state(feed);
      if (state.filter(FeedState::deleted).isPresent() || !isWanted(feed)) {
        continue;
      }
      Optional<FeedDefinition> definition =
          state
              .flatMap(FeedState::served)
              .flatMap(version ->
                  Optional.ofNullable(
                      catalogue.definitions(feed).get(new FeedVersion(feed, version))));
      definition.ifPresentOrElse(found -> served.put(feed, found), () -> waiting.add(feed.value()));
    }
    chart.hasFeeds(served);
    return List.of(judge(served, waiting));
  }

  private boolean isWanted(RecordKey feed) {
    return examination.feeds().isEmpty() || examination.feeds().contains(feed);
  }

  private Finding judge(SequencedMap<RecordKey, FeedDefinition> served, List<String> waiting) {
    List<String> unknown =
        examination.feeds().stream()
            .filter(feed -> !served.containsKey(feed) && !waiting.contains(feed.value()))
            .map(RecordKey::value)
            .toList();
    if (!unknown.isEmpty() || (served.isEmpty() && waiting.isEmpty())) {
      return Finding.wrong(
          name(),
          unknown.isEmpty()
              ? "expected a feed, found none"
              : "expected the feed " + String.join(", ", unknown) + ", found none of that name",
          "courtside feeds list says what there is, courtside feeds apply FILE makes one");
    }
    if (!waiting.isEmpty()) {
      return Finding.wrong(
          name(),
          "expected every feed to be served, found that no version is of "
              + String.join(", ", waiting),
          "courtside feeds list says how far it is; does a processor run?");
    }
    return Finding.ok(
        name(),
        served.keySet().stream().map(RecordKey::value).collect(Collectors.joining(", "))
            + (served.size() == 1 ? " is served" : " are served"));
  }
}
