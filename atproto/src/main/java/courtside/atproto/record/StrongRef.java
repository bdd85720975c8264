package courtside.atproto.record;

import courtside.atproto.MalformedDataException;
import courtside.atproto.cid.Cid;
import java.util.Optional;

/**
 * A record by its address and its content. Nothing says that either exists. Immutable.
 *
 * @param uri an AT-URI by the lexicon, not checked; empty where absent
 * @param cid a CID in its text form by the lexicon, not checked; empty where absent
 * @see <a href="https://atproto.com/specs/at-uri-scheme">AT-URI</a>
 */
public record StrongRef(String uri, String cid) {
  private static final String SCHEME = "at://";

  static Optional<StrongRef> read(Fields fields) {
    return Optional.of(new StrongRef(fields.text("uri"), fields.text("cid")));
  }

  /**
   * Whether its address is one of a record of a collection, such as {@code app.bsky.feed.post}.
   * Tells a post that is quoted from a list, a feed or a starter pack.
   */
  public boolean isOf(String collection) {
    int start = uri.startsWith(SCHEME) ? uri.indexOf('/', SCHEME.length()) + 1 : 0;
    int end = start + collection.length();
    return start > 0
        && uri.startsWith(collection, start)
        && end < uri.length()
        && uri.charAt(end) == '/';
  }

  /** The CID, where the text is one of the form that the protocol uses. */
  public Optional<Cid> parsedCid() {
    try {
      return Optional.of(Cid.parse(cid));
    } catch (MalformedDataException e) {
      return Optional.empty();
    }
  }
}
