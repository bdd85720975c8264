package courtside.doctor;

import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.publish.Owner;
import courtside.publish.PublishException;
import courtside.publish.Repository;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Whether a feed's record is there, and says what the log says. */
final class RecordCheck implements Check {
  private final Examination examination;
  private final RecordKey feed;

  RecordCheck(Examination examination, RecordKey feed) {
    this.examination = examination;
    this.feed = feed;
  }

  @Override
  public String name() {
    return "record " + feed;
  }

  @Override
  public List<Finding> look(Chart chart) throws PublishException, InterruptedException {
    Did publisher = PagesCheck.publisher(examination);
    URI server =
        chart.server().orElseThrow(() -> new IllegalStateException("a record without a server"));
    Optional<Owner.Held> held;
    try (Repository records = new Repository(server, publisher)) {
      held = records.held(feed);
    }
    if (held.isEmpty()) {
      return List.of(
          Finding.wrong(
              name(),
              "expected "
                  + Repository.uri(publisher, feed)
                  + ", found no such record, so that nobody finds the feed",
              "courtside publish FILE"));
    }
    chart.saw("the record of " + feed, held.get().value().path("did").asText(""));
    return List.of(judge(chart, held.get().value().path("displayName").asText("")));
  }

  private Finding judge(Chart chart, String shown) {
    Optional<String> defined =
        chart
            .feeds()
            .flatMap(feeds -> Optional.ofNullable(feeds.get(feed)))
            .map(FeedDefinition::displayName);
    if (defined.isPresent() && !defined.get().equals(shown)) {
      return Finding.wrong(
          name(),
          "expected the definition's name '" + defined.get() + "', found '" + shown + "'",
          "courtside publish FILE");
    }
    return Finding.ok(
        name(),
        "'" + shown + "'" + (defined.isEmpty() ? "; its definition is not known here" : ""));
  }
}
