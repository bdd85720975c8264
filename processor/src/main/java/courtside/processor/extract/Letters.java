package courtside.processor.extract;

import courtside.atproto.MalformedDataException;
import courtside.eventlog.firehose.DeadLetter;
import courtside.processor.letter.Letter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gathers what is wrong with one frame: one letter for each reason, as each holds the head of the
 * same frame, and a frame with two hundred bad records must not fill the topic. Confined to one
 * thread.
 */
final class Letters {
  static final String STAGE = "extract";
  static final String NO_VALUE = "no_value";
  static final String BAD_HEADERS = "bad_headers";
  static final String FUTURE_REVISION = "future_revision";

  private final Frame frame;
  private final Map<String, Problem> problems = new LinkedHashMap<>();

  Letters(Frame frame) {
    this.frame = frame;
  }

  private record Problem(String first, int count) {
    String detail() {
      return count == 1 ? first : first + ", and " + (count - 1) + " more";
    }
  }

  void add(String reason, String detail) {
    problems.merge(
        reason,
        new Problem(detail, 1),
        (known, more) -> new Problem(known.first(), known.count() + 1));
  }

  void add(MalformedDataException why, String where) {
    add(Letter.reason(why), where + ": " + why.getMessage());
  }

  Extracted only(String reason, String detail) {
    add(reason, detail);
    return new Extracted(List.of(), written());
  }

  Extracted only(MalformedDataException why) {
    return only(Letter.reason(why), String.valueOf(why.getMessage()));
  }

  List<DeadLetter> written() {
    return problems.entrySet().stream()
        .map(problem ->
            Letter.of(
                STAGE,
                problem.getKey(),
                frame.seen(),
                problem.getValue().detail(),
                frame.source(),
                frame.value()))
        .toList();
  }
}
