package courtside.doctor;

import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.publish.Identities;
import courtside.publish.Owner;
import courtside.publish.PublishException;
import courtside.publish.Repository;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the records are there by which people find the feeds, and say what the log says. */
final class RecordCheck implements Check {
  private final Examination examination;
  private final InstantSource clock;

  RecordCheck(Examination examination, InstantSource clock) {
    this.examination = examination;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "publisher";
  }

  @Override
  public List<Finding> look(Chart chart) throws InterruptedException {
    Optional<Did> publisher = examination.publisher();
    if (publisher.isEmpty()) {
      return List.of(
          Finding.skipped(name(), HostCheck.NONE), Finding.skipped("record", HostCheck.NONE));
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(server(chart, publisher.get()));
    List<RecordKey> feeds = Subjects.of(examination, chart);
    if (chart.server().isEmpty() || feeds.isEmpty()) {
      findings.add(
          Finding.skipped(
              "record", feeds.isEmpty() ? Subjects.NONE : "the publisher's server is not known"));
      return findings;
    }
    try (Repository records = new Repository(chart.server().get(), publisher.get())) {
      for (RecordKey feed : feeds) {
        findings.add(record(chart, records, publisher.get(), feed));
      }
    } catch (PublishException e) {
      findings.add(Finding.of("record", List.of(e.problem()), ""));
    }
    return findings;
  }

  private Finding server(Chart chart, Did publisher) throws InterruptedException {
    if (examination.service().equals(Optional.of(publisher))) {
      return Finding.wrong(
          name(),
          "expected the DID of an account that has records, found the feed API's own, " + publisher,
          "set COURTSIDE_FEED_API_PUBLISHER to the DID of the account that publishes (--publisher)");
    }
    try {
      Identities.Found found = new Identities(examination.directory()).document(publisher);
      found
          .date()
          .ifPresent(date ->
              chart.saw(found.host(), Duration.between(clock.instant(), date.plusMillis(500))));
      Optional<String> server = found.document().pds();
      if (server.isEmpty()) {
        return Finding.wrong(
            name(),
            "expected the document of " + publisher + " to name its server, found none",
            "is that the account that publishes (COURTSIDE_FEED_API_PUBLISHER, --publisher)?");
      }
      chart.hasServer(URI.create(server.get()));
      return Finding.ok(
          name(),
          publisher
              + found.document().handle().map(handle -> ", " + handle + ",").orElse("")
              + " is at "
              + server.get());
    } catch (PublishException e) {
      return Finding.of(name(), List.of(e.problem()), "");
    }
  }

  private Finding record(Chart chart, Repository records, Did publisher, RecordKey feed)
      throws InterruptedException {
    String name = "record " + feed;
    Optional<Owner.Held> held;
    try {
      held = records.held(feed);
    } catch (PublishException e) {
      return Finding.of(name, List.of(e.problem()), "");
    }
    String uri = Repository.uri(publisher, feed);
    if (held.isEmpty()) {
      return Finding.wrong(
          name,
          "expected " + uri + ", found no such record, so that nobody finds the feed",
          "courtside publish FILE");
    }
    chart.saw("the record of " + feed, held.get().value().path("did").asText(""));
    String shown = held.get().value().path("displayName").asText("");
    Optional<String> defined =
        chart
            .feeds()
            .flatMap(feeds -> Optional.ofNullable(feeds.get(feed)))
            .map(FeedDefinition::displayName);
    if (defined.isPresent() && !defined.get().equals(shown)) {
      return Finding.wrong(
          name,
          "expected the definition's name '" + defined.get() + "', found '" + shown + "'",
          "courtside publish FILE");
    }
    return Finding.ok(
        name, "'" + shown + "'" + (defined.isEmpty() ? "; its definition is not known here" : ""));
  }
}
