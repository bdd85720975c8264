package courtside.eventlog.topic;

import java.util.List;

/** A topic exists that is not what the contract says. Nothing was changed. */
public final class TopicMismatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Takes one sentence for each difference. */
  public TopicMismatchException(List<String> differences) {
    super(
        "topics differ from what this version writes and reads; change them, or use another"
            + " cluster:\n  "
            + String.join("\n  ", differences));
  }
}
