package courtside.testkit.network;

/** Which earlier post an utterance belongs to, by the number of the act that said it. */
public sealed interface Reference {
  /**
   * An answer. Immutable.
   *
   * @param parent what it answers
   * @param root what the conversation began with; the parent itself if that is no answer
   */
  record Reply(long parent, long root) implements Reference {}

  /**
   * A post that shows another one. Immutable.
   *
   * @param of what it shows
   */
  record Quote(long of) implements Reference {}
}
