package courtside.doctor;

import courtside.atproto.MalformedDataException;
import courtside.atproto.identity.DidMethod;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.RecordUri;
import courtside.publish.FeedHost;
import courtside.publish.Identities;
import courtside.publish.Problem;
import courtside.publish.PublishException;
import courtside.publish.Repository;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether the host answers as the network asks it: with the document of its DID, where that is its
 * name, and with the feeds that it has. A DID of the directory has its document there.
 */
final class HostCheck implements Check {
  /** Said by all that need one. */
  static final String NONE = "no --host was given, nor COURTSIDE_FEED_API_HOSTNAME";

  /** Said where it was given. */
  static final String AWAY = "the host does not answer";

  private final Examination examination;
  private final InstantSource clock;

  HostCheck(Examination examination, InstantSource clock) {
    this.examination = examination;
    this.clock = clock;
  }

  /** Why nobody outside was asked. */
  static String obstacle(Examination examination) {
    return examination.host().isEmpty() ? NONE : AWAY;
  }

  @Override
  public String name() {
    return "host";
  }

  @Override
  public List<Finding> look(Chart chart) throws PublishException, InterruptedException {
    if (examination.host().isEmpty() || examination.service().isEmpty()) {
      return List.of(Finding.skipped(name(), NONE), Finding.skipped("description", NONE));
    }
    FeedHost host = chart.opens(new FeedHost(examination.host().get()));
    Did service = examination.service().get();
    chart.saw("the settings", service.value());
    List<Finding> findings = new ArrayList<>();
    try {
      findings.add(document(chart, host, service));
    } catch (PublishException e) {
      findings.add(Finding.of(name(), List.of(e.problem()), ""));
    }
    if (chart.host().isEmpty() && service.value().startsWith("did:web:")) {
      findings.add(Finding.skipped("description", AWAY));
      return findings;
    }
    try {
      findings.add(description(chart, host));
    } catch (PublishException e) {
      findings.add(Finding.of("description", List.of(e.problem()), ""));
    }
    return findings;
  }

  private Finding document(Chart chart, FeedHost host, Did service)
      throws PublishException, InterruptedException {
    if (!service.value().startsWith("did:web:")) {
      Identities.Found found = new Identities(examination.directory()).document(service);
      date(chart, found.host(), found.date());
      Optional<String> endpoint = found.document().endpoint(FeedHost.SERVICE, FeedHost.TYPE);
      List<Problem> problems =
          endpoint.equals(Optional.of(host.endpoint()))
              ? List.of()
              : List.of(
                  new Problem(
                      "expected the document of "
                          + service
                          + " to name "
                          + host.endpoint()
                          + " as "
                          + FeedHost.SERVICE
                          + ", found "
                          + endpoint.orElse("none"),
                      "change the document, by the keys of that DID"));
      return Finding.of(name(), problems, "the document of " + service + " names it");
    }
    FeedHost.Said said = host.document(service);
    chart.hasHost(host);
    List<Problem> problems = new ArrayList<>(said.problems());
    if (DidMethod.of(service) instanceof DidMethod.Unsupported(_, String reason)) {
      problems.add(
          new Problem(
              "expected a DID that the network knows, found " + service + ": " + reason,
              "serve the feed API by HTTPS on 443, under a name without a port"));
    }
    date(chart, examination.host().orElse(""), said.date());
    if (!said.did().isEmpty()) {
      chart.saw("did.json", said.did());
    }
    return Finding.of(name(), problems, host.endpoint() + " answers with the document of its DID");
  }

  private Finding description(Chart chart, FeedHost host)
      throws PublishException, InterruptedException {
    Did publisher = examination.publisher().orElseThrow(() -> new IllegalStateException(NONE));
    List<String> feeds = new ArrayList<>();
    chart
        .feeds()
        .ifPresent(
            known -> known.keySet().forEach(feed -> feeds.add(Repository.uri(publisher, feed))));
    FeedHost.Said said = host.description(publisher, feeds);
    chart.hasHost(host);
    date(chart, examination.host().orElse(""), said.date());
    if (!said.did().isEmpty()) {
      chart.saw("describeFeedGenerator", said.did());
    }
    chart.lists(ofPublisher(said.feeds(), publisher));
    return Finding.of(
        "description",
        said.problems(),
        feeds.isEmpty()
            ? "describeFeedGenerator lists "
                + Words.of(said.feeds().size(), "feed", "feeds")
                + "; which it has to list is not known"
            : "describeFeedGenerator lists " + Words.of(feeds.size(), "feed", "feeds"));
  }

  private static List<RecordKey> ofPublisher(List<String> listed, Did publisher) {
    List<RecordKey> feeds = new ArrayList<>();
    for (String address : listed) {
      try {
        RecordUri uri = RecordUri.parse(address);
        if (uri.repo().equals(publisher)) {
          feeds.add(uri.rkey());
        }
      } catch (MalformedDataException e) {
        // Which of ours are missing is said by name.
      }
    }
    return feeds;
  }

  private void date(Chart chart, String whose, Optional<Instant> date) {
    Instant now = clock.instant();
    // It says whole seconds: on average it was half a second later.
    date.ifPresent(then -> chart.saw(whose, Duration.between(now, then.plusMillis(500))));
  }
}
