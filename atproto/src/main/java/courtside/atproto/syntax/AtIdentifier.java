package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;

/**
 * What names an account: its DID, which stays, or its handle, which may change hands. Immutable.
 *
 * @see <a href="https://atproto.com/specs/lexicon#at-identifier">at-identifier</a>
 */
public sealed interface AtIdentifier permits Did, Handle {
  /** The text, in its normal form. */
  String value();

  /**
   * Parses text from outside.
   *
   * @throws MalformedDataException if the text is neither a DID nor a handle
   */
  static AtIdentifier parse(String text) throws MalformedDataException {
    // No handle has a colon.
    return text.startsWith("did:") ? Did.parse(text) : Handle.parse(text);
  }
}
