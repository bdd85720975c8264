package courtside.testkit.accounts;

import courtside.atproto.Bytes;
import courtside.atproto.cid.Cid;
import courtside.atproto.syntax.RecordUri;

/**
 * What records name other records by: where it is, and which content is meant. Immutable.
 *
 * @see <a href="https://atproto.com/specs/lexicon">com.atproto.repo.strongRef</a>
 */
record Ref(RecordUri uri, Cid cid) {
  /** A record that has this content. */
  static Ref of(RecordUri uri, Bytes record) {
    return new Ref(uri, Cid.ofDagCbor(record.toArray(), 0, record.length()));
  }
}
