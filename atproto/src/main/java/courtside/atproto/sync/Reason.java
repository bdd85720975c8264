package courtside.atproto.sync;

/** Why a level failed. A closed set: safe as a metric label. */
public enum Reason {
  /** Larger than the protocol allows. */
  TOO_LARGE,
  /** A field that is missing, or not what the lexicon says. */
  BAD_FIELD,
  /** The archive cannot be read. */
  BAD_ARCHIVE,
  /** The archive's first root is not the commit that the message names. */
  WRONG_ROOT,
  /** A block does not hash to its CID. */
  HASH_MISMATCH,
  /** The commit's block is missing, or is no commit. */
  BAD_COMMIT,
  /** The commit is another account's. */
  WRONG_ACCOUNT,
  /** The commit has another revision than the message. */
  WRONG_REVISION,
  /** A revision that lies in the future. */
  FUTURE_REVISION,
  /** An operation that cannot be read, has an unknown action, or more or less than it must. */
  BAD_OPERATION,
  /** Two operations of one path. */
  DUPLICATE_PATH,
  /** A record is missing, or is not one canonical value. */
  BAD_RECORD,
  /** The blocks are no tree. */
  BAD_TREE,
  /** A node would be needed that the archive does not hold. */
  PARTIAL_TREE,
  /** The tree has another record, or none, or one too many, under an operation's path. */
  WRONG_VALUE,
  /** The key did not sign this. */
  BAD_SIGNATURE,
  /** An operation does not say what was there before. */
  MISSING_PREVIOUS,
  /** The operations undone give another tree than the one before. */
  WRONG_PREVIOUS_DATA,
  /** Not newer than what is known. */
  REPLAYED,
  /** Follows on another revision, or on another tree, than the known one. */
  BROKEN_CHAIN,
  /** The account is not active. */
  INACTIVE,
}
