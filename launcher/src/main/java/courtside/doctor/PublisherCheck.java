package courtside.doctor;

import courtside.atproto.syntax.Did;
import courtside.publish.Identities;
import courtside.publish.PublishException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Whether the account that publishes is known, and where it is. */
final class PublisherCheck implements Check {
  private final Examination examination;
  private final InstantSource clock;

  PublisherCheck(Examination examination, InstantSource clock) {
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
      return List.of(Finding.skipped(name(), HostCheck.NONE));
    }
    return List.of(server(chart, publisher.get()));
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
}
