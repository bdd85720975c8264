package courtside.testkit.relay;

import courtside.atproto.Bytes;

/** What a reader of the {@link FrameLog} finds when it asks for the next frame. */
public sealed interface Reading {
  /** The next frame. */
  record Frame(long seq, Bytes bytes) implements Reading {}

  /** No frame came within the time that was given. */
  record Quiet() implements Reading {}

  /** Frames that this reader had not read yet are no longer held: it was too slow. */
  record Overtaken() implements Reading {}

  /** The reader was told to stop, or the log was closed. */
  record Closed() implements Reading {}
}
