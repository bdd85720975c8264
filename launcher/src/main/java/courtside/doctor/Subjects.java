package courtside.doctor;

import courtside.atproto.syntax.RecordKey;
import java.util.List;

/** Of which feeds something is asked outside. */
final class Subjects {
  private Subjects() {}

  /** Those that the log says are served; where it was not read, those that were named. */
  static List<RecordKey> of(Examination examination, Chart chart) {
    return chart
        .feeds()
        .map(feeds -> List.copyOf(feeds.keySet()))
        .orElse(examination.feeds());
  }
}
