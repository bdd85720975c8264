package courtside.feedapi.identity;

import java.util.Locale;

/** Why there is no key of a DID. Safe as a metric label. */
public enum KeyFailure {
  /** A DID of a method that the protocol does not use, or not of the form of its method. */
  UNSUPPORTED_METHOD(false),
  /** Its host's name leads, or may lead, to where no stranger is let. */
  FORBIDDEN_ADDRESS(false),
  /** There is no such DID, or no longer. */
  NOT_FOUND(false),
  /** Its host sent on to another address. */
  REDIRECTED(false),
  /** The document is larger than any that is read. */
  TOO_LARGE(false),
  /** The answer is no document of this DID, or is encoded in a way that was not asked for. */
  MALFORMED(false),
  /** The document names no key that signs. */
  NO_KEY(false),
  /** The name is not known, nobody listens, the certificate is not good, the connection broke. */
  UNREACHABLE(true),
  /** Another status than those of an answer. */
  UNEXPECTED_STATUS(true),
  /** No whole answer within the time for one. */
  TIMED_OUT(true),
  /** Too many others are asked for just now. */
  BUSY(true),
  /** A fault of this program's own; the log has it. */
  INTERNAL(true);

  private final boolean temporary;

  KeyFailure(boolean temporary) {
    this.temporary = temporary;
  }

  /** Whether it may be otherwise soon: then nothing is said about the account. */
  public boolean isTemporary() {
    return temporary;
  }

  /** Whether a key that was known before does not hold any more. */
  boolean isWithdrawal() {
    return this == NOT_FOUND || this == NO_KEY;
  }

  /** Whether it is about the DID, and not about this program. */
  boolean isOfTheDid() {
    return this != BUSY && this != INTERNAL;
  }

  /** The name as a metric label. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
