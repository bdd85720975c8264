package courtside.doctor;

import courtside.atproto.syntax.RecordKey;
import java.util.List;
import java.util.Optional;

/** Whether the records are there by which people find the feeds, and say what the log says. */
final class RecordsCheck implements Check {
  private final Examination examination;

  RecordsCheck(Examination examination) {
    this.examination = examination;
  }

  @Override
  public String name() {
    return "record";
  }

  /** One of each feed. */
  @Override
  public List<Check> parts(Chart chart) {
    if (obstacle(chart).isPresent()) {
      return List.of(this);
    }
    return Subjects.of(examination, chart).stream()
        .<Check>map(feed -> new RecordCheck(examination, feed))
        .toList();
  }

  @Override
  public List<Finding> look(Chart chart) {
    return obstacle(chart).map(because -> Finding.skipped(name(), because)).stream().toList();
  }

  private Optional<String> obstacle(Chart chart) {
    if (examination.publisher().isEmpty()) {
      return Optional.of(HostCheck.NONE);
    }
    List<RecordKey> feeds = Subjects.of(examination, chart);
    if (feeds.isEmpty()) {
      return Optional.of(Subjects.NONE);
    }
    return chart.server().isEmpty()
        ? Optional.of("the publisher's server is not known")
        : Optional.empty();
  }
}
