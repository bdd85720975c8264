package courtside.doctor;

import courtside.atproto.syntax.RecordKey;
import java.util.List;

/** Of which feeds something is asked outside. */
final class Subjects {
  private Subjects() {}

  /** Said where there are none. */
  static final String NONE = "neither the log nor the host says of any feed that it is served";

  /**
   * Those that the log says are served; where it was not read those that were named, or those that
   * the host lists.
   */
  static List<RecordKey> of(Examination examination, Chart chart) {
    return chart
        .feeds()
        .map(feeds -> List.copyOf(feeds.keySet()))
        .orElseGet(() -> examination.feeds().isEmpty() ? chart.listed() : examination.feeds());
  }
}
