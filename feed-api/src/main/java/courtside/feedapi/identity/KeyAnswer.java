package courtside.feedapi.identity;

import courtside.atproto.key.VerifyingKey;

/** What came of asking for a DID's signing key. Immutable. */
public sealed interface KeyAnswer {
  /** The key. */
  record Found(VerifyingKey key) implements KeyAnswer {}

  /** No key. */
  record Failed(KeyFailure reason) implements KeyAnswer {}
}
