package courtside.processor.letter;

import courtside.processor.metrics.Counts;
import courtside.service.letter.DeadLetterBudget;

/** What takes the dead letters of stages that have no process around them. */
public final class TestLetters {
  private TestLetters() {}

  /** Keeps all of them. */
  public static LetterBox all(Counts counts) {
    return of(Long.MAX_VALUE, counts);
  }

  /** Keeps so many bytes of them; time stands still. */
  public static LetterBox of(long bytes, Counts counts) {
    return new LetterBox(new DeadLetterBudget(bytes, () -> 0), counts);
  }
}
