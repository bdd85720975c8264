package courtside.atproto.sync;

/** What is verified of an event, in the order in which it is. */
public enum Level {
  /** Sizes, archive, hashes, and a commit block that says what the message says. */
  STRUCTURE,
  /** Every operation is what the tree after it shows, and its record is there. */
  OPERATIONS,
  /** The commit is signed with the account's key. */
  SIGNATURE,
  /** The operations undone give the tree before: nothing was left out, nothing made up. */
  INVERSION,
  /** The commit follows on the one that is known. */
  CHAIN,
  /** The account is active. */
  ACCOUNT,
}
