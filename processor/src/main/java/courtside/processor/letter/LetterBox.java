package courtside.processor.letter;

import courtside.eventlog.firehose.DeadLetter;
import courtside.processor.metrics.Counts;
import courtside.service.letter.DeadLetterBudget;
import java.util.Optional;

/**
 * Takes the dead letters of extract, or of all sets: each is counted, and kept as long as the
 * budget has room for it. What is processed again after a failure takes from the budget again, and
 * counts again: so of a batch that is aborted over and over less is kept, and never more.
 * Thread-safe.
 */
public final class LetterBox {
  private final DeadLetterBudget budget;
  private final Counts counts;

  public LetterBox(DeadLetterBudget budget, Counts counts) {
    this.budget = budget;
    this.counts = counts;
  }

  /** Takes a letter. Returns what to write of it, or nothing where it is not kept. */
  public Optional<byte[]> take(DeadLetter letter) {
    counts.deadLetter(letter.reason());
    byte[] bytes = DeadLetter.FORMAT.encode(letter);
    if (!budget.take(bytes.length)) {
      counts.deadLetterNotKept(letter.stage());
      return Optional.empty();
    }
    return Optional.of(bytes);
  }
}
