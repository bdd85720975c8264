package courtside.atproto.syntax;

import courtside.atproto.MalformedDataException;
import java.util.Optional;

/**
 * An AT-URI in the form that records carry: {@code at://authority}, {@code
 * at://authority/collection} or {@code at://authority/collection/rkey}, without query or fragment.
 * The limits of its parts keep it well under the 8,192 characters that it may have. A handle in it
 * is in its normal form. Immutable.
 *
 * @param authority whose repository
 * @param rkey absent where the collection is
 * @see RecordUri
 * @see <a href="https://atproto.com/specs/at-uri-scheme">AT-URI</a>
 */
public record AtUri(AtIdentifier authority, Optional<Nsid> collection, Optional<RecordKey> rkey)
    implements Comparable<AtUri> {
  private static final String SCHEME = "at://";

  /**
   * Puts the parts together.
   *
   * @throws IllegalArgumentException if there is a record key without a collection
   */
  public AtUri {
    if (rkey.isPresent() && collection.isEmpty()) {
      throw new IllegalArgumentException("a record key without a collection: " + rkey.get());
    }
  }

  /**
   * Parses text from outside.
   *
   * @throws MalformedDataException if the text is no AT-URI of this form
   */
  public static AtUri parse(String text) throws MalformedDataException {
    if (!text.startsWith(SCHEME)) {
      throw Syntax.malformed("an AT-URI", text);
    }
    int authorityEnd = text.indexOf('/', SCHEME.length());
    if (authorityEnd < 0) {
      return new AtUri(
          AtIdentifier.parse(text.substring(SCHEME.length())), Optional.empty(), Optional.empty());
    }
    AtIdentifier authority = AtIdentifier.parse(text.substring(SCHEME.length(), authorityEnd));
    int collectionEnd = text.indexOf('/', authorityEnd + 1);
    if (collectionEnd < 0) {
      Nsid collection = Nsid.parse(text.substring(authorityEnd + 1));
      return new AtUri(authority, Optional.of(collection), Optional.empty());
    }
    return new AtUri(
        authority,
        Optional.of(Nsid.parse(text.substring(authorityEnd + 1, collectionEnd))),
        Optional.of(RecordKey.parse(text.substring(collectionEnd + 1))));
  }

  /** The same address as one that stays: present where it names a record, and that by DID. */
  public Optional<RecordUri> recordUri() {
    return authority instanceof Did repo
        ? collection.flatMap(name -> rkey.map(key -> new RecordUri(repo, name, key)))
        : Optional.empty();
  }

  @Override
  public int compareTo(AtUri other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return SCHEME
        + authority
        + collection.map(name -> "/" + name).orElse("")
        + rkey.map(key -> "/" + key).orElse("");
  }
}
