package courtside.atproto;

/**
 * Bytes or text from outside are not what the protocol says. Carries a kind from a closed set, so
 * that callers can count, and where it was found. Has no stack trace: a flood of bad input must not
 * cost one each.
 */
public final class MalformedDataException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What was wrong. Safe as a metric label: nothing from the wire gets in. */
  public enum Kind {
    /** Ends before the value does. */
    TRUNCATED,
    /** Bytes are left after the value. */
    TRAILING_BYTES,
    /** Valid CBOR that is not the one canonical encoding of its value. */
    NOT_CANONICAL,
    /** A CBOR feature that the data model excludes: floats, other tags, indefinite lengths. */
    UNSUPPORTED,
    /** Text that is not UTF-8. */
    BAD_UTF8,
    /** A value of another type than expected. */
    WRONG_TYPE,
    /** Nested deeper than {@link courtside.atproto.cbor.DagCborReader#MAX_DEPTH}. */
    TOO_DEEP,
    /** Larger or more than the protocol allows. */
    TOO_LARGE,
    /** A required field is absent. */
    MISSING_FIELD,
    /** Text that is not the identifier it should be. */
    BAD_IDENTIFIER,
    /** Not a CID of the form that the protocol uses. */
    BAD_CID,
    /** Not a CAR version 1 archive. */
    BAD_CAR,
    /** A block that an operation names is not in the archive. */
    MISSING_BLOCK,
    /** A block does not hash to its CID. */
    HASH_MISMATCH,
    /** Not a tree of records: keys out of order, at the wrong height, or not in their one form. */
    BAD_TREE,
    /** Not a commit of the version that the protocol uses. */
    BAD_COMMIT,
    /** Not a public key of a curve that the protocol uses. */
    BAD_KEY,
    /** Not JSON, or not what the JSON should be. */
    BAD_JSON,
    /** Not a token of the form that services use among each other. */
    BAD_TOKEN,
  }

  private final Kind kind;
  private final int offset;

  /**
   * @param offset where, in bytes from the start of the input; -1 where that says nothing
   * @param message what was expected and what was found, with any quoted input bounded
   */
  public MalformedDataException(Kind kind, int offset, String message) {
    super(message, null, false, false);
    this.kind = kind;
    this.offset = offset;
  }

  public Kind kind() {
    return kind;
  }

  /** Bytes from the start of the input, or -1. */
  public int offset() {
    return offset;
  }
}
