package courtside.atproto.sync;

/** What came of one level. Immutable. */
public sealed interface Outcome {
  /** All is as it should be. */
  record Passed() implements Outcome {}

  /**
   * Something is not as it should be.
   *
   * @param detail what was expected and what was found, bounded
   */
  record Failed(Reason reason, String detail) implements Outcome {}

  /**
   * Nothing can be said.
   *
   * @param why what was not at hand
   */
  record Unchecked(String why) implements Outcome {}
}
