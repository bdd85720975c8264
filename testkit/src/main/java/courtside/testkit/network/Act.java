package courtside.testkit.network;

/**
 * One thing that one account does. Acts are numbered without a hole from 0. An act names an earlier
 * post by the number of the {@link Say} that made it; that post is one of the latest {@link
 * Evening#MEMORY} and has not been deleted.
 */
public sealed interface Act {
  /** Which act this is. */
  long number();

  /** Who acts, an index into {@link Evening#voices()}. */
  int voice();

  /** A new post. Immutable. */
  record Say(long number, int voice, Utterance utterance) implements Act {}

  /**
   * An edit: the post has this content from now on. Immutable.
   *
   * @param of the post, which is the voice's own
   */
  record Correct(long number, int voice, long of, Utterance utterance) implements Act {}

  /**
   * The end of a post; no later act names it. Immutable.
   *
   * @param of the post, which is the voice's own
   */
  record Delete(long number, int voice, long of) implements Act {}

  /**
   * A like; nobody likes a post twice. Immutable.
   *
   * @param of the post, which is another's
   */
  record Like(long number, int voice, long of) implements Act {}

  /**
   * A repost; nobody reposts a post twice. Immutable.
   *
   * @param of the post, which is another's
   */
  record Repost(long number, int voice, long of) implements Act {}

  /**
   * A follow; nobody follows another twice. Immutable.
   *
   * @param followed another voice
   */
  record Follow(long number, int voice, int followed) implements Act {}
}
