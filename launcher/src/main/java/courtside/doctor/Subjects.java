package courtside.doctor;

import courtside.atproto.syntax.RecordKey;
import java.util.List;
import java.util.stream.IntStream;

/** Of which feeds something is asked outside. */
final class Subjects {
  /** Of more feeds not all are asked for, unless they are named. */
  static final int MOST = 20;

  /** Said where there are none. */
  static final String NONE = "neither the log nor the host says of any feed that it is served";

  private Subjects() {}

  /**
   * Those that the log says are served; where it was not read those that were named, or those that
   * the host lists. Of many a sample, unless they were named.
   */
  static List<RecordKey> of(Examination examination, Chart chart) {
    List<RecordKey> all = all(examination, chart);
    if (!examination.feeds().isEmpty() || all.size() <= MOST) {
      return all;
    }
    // From all over the list, and the same each time: what was mended is looked at again.
    return IntStream.range(0, MOST).mapToObj(i -> all.get(i * all.size() / MOST)).toList();
  }

  /** How many are left out of that. */
  static int leftOut(Examination examination, Chart chart) {
    return all(examination, chart).size() - of(examination, chart).size();
  }

  private static List<RecordKey> all(Examination examination, Chart chart) {
    return chart
        .feeds()
        .map(feeds -> List.copyOf(feeds.keySet()))
        .orElseGet(() -> examination.feeds().isEmpty() ? chart.listed() : examination.feeds());
  }
}
