package courtside.atproto.firehose;

import courtside.atproto.syntax.Did;

/** A frame that says something of an account, and has a place in the stream. Immutable. */
public sealed interface Event extends Frame
    permits CommitMessage, SyncMessage, IdentityMessage, AccountMessage {
  /** Its sequence number, 1 to 2^53 - 1: a number of the server that sent it, and of no other. */
  long seq();

  /** The account. */
  Did did();

  /** The frame's own time as text, or empty; never to be trusted. */
  String time();
}
