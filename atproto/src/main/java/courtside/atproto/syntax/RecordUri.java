package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;

/**
 * The address of a record by its author's DID: {@code at://did/collection/rkey}. Immutable.
 *
 * @see AtUri
 * @see <a href="https://atproto.com/specs/at-uri-scheme">AT-URI</a>
 */
public record RecordUri(Did repo, Nsid collection, RecordKey rkey)
    implements Comparable<RecordUri> {
  private static final String SCHEME = "at://";

  /**
   * Parses text from outside.
   *
   * @throws MalformedDataException if the text is not the address of a record by DID
   */
  public static RecordUri parse(String text) throws MalformedDataException {
    if (!text.startsWith(SCHEME)) {
      throw Syntax.malformed("an AT-URI of a record", text);
    }
    int authorityEnd = text.indexOf('/', SCHEME.length());
    int collectionEnd = authorityEnd < 0 ? -1 : text.indexOf('/', authorityEnd + 1);
    if (collectionEnd < 0) {
      throw Syntax.malformed("an AT-URI of a record", text);
    }
    return new RecordUri(
        Did.parse(text.substring(SCHEME.length(), authorityEnd)),
        Nsid.parse(text.substring(authorityEnd + 1, collectionEnd)),
        RecordKey.parse(text.substring(collectionEnd + 1)));
  }

  @Override
  public int compareTo(RecordUri other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return SCHEME + repo + "/" + collection + "/" + rkey;
  }
}
