package courtside.doctor;

import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import courtside.publish.FeedHost;
import courtside.publish.PublishException;
import courtside.publish.Repository;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether each feed is served as the AppView takes it, and whether what is asked wrongly is refused
 * in the right way.
 */
final class PagesCheck implements Check {
  private final Examination examination;

  PagesCheck(Examination examination) {
    this.examination = examination;
  }

  @Override
  public String name() {
    return "refusals";
  }

  /** Two of each feed, and then this. */
  @Override
  public List<Check> parts(Chart chart) {
    List<Check> parts = new ArrayList<>();
    if (obstacle(chart).isEmpty()) {
      for (RecordKey feed : Subjects.of(examination, chart)) {
        parts.add(new FirstPageCheck(examination, feed));
        parts.add(new NextPagesCheck(examination, feed));
      }
    }
    parts.add(this);
    return parts;
  }

  @Override
  public List<Finding> look(Chart chart) throws PublishException, InterruptedException {
    Optional<String> obstacle = obstacle(chart);
    Optional<FeedHost> host = chart.host();
    if (obstacle.isPresent() || host.isEmpty()) {
      String because = obstacle.orElse(HostCheck.AWAY);
      return List.of(
          Finding.skipped("feed", because),
          Finding.skipped("pages", because),
          Finding.skipped(name(), because));
    }
    List<Finding> findings = new ArrayList<>();
    List<RecordKey> feeds = Subjects.of(examination, chart);
    int leftOut = Subjects.leftOut(examination, chart);
    if (leftOut > 0) {
      findings.add(
          Finding.skipped(
              "other feeds",
              feeds.size()
                  + " of "
                  + (feeds.size() + leftOut)
                  + " feeds are looked at outside; --feed NAME looks at others"));
    }
    findings.add(
        Finding.of(
            name(),
            host.get().refusals(Repository.uri(publisher(examination), feeds.getFirst())),
            "what is asked wrongly is refused as XRPC refuses"));
    return findings;
  }

  private Optional<String> obstacle(Chart chart) {
    if (chart.host().isEmpty()) {
      return Optional.of(HostCheck.obstacle(examination));
    }
    return Subjects.of(examination, chart).isEmpty()
        ? Optional.of(Subjects.NONE)
        : Optional.empty();
  }

  /** Whose feeds they are; known where a host is. */
  static Did publisher(Examination examination) {
    return examination.publisher().orElseThrow(() -> new IllegalStateException(HostCheck.NONE));
  }
}
