package courtside.atproto.mst;

import courtside.atproto.cid.Cid;
import java.util.Optional;

/**
 * What a commit does to one key: where only {@code now} is there, the record is new; where only
 * {@code before} is, it is gone; where both are, it has new content. Immutable.
 *
 * <p>An update that does not tell the previous content cannot be said like this and would be a new
 * record: who reads one from outside has to refuse it, as {@link
 * Inversion.Reason#MISSING_PREVIOUS}.
 *
 * @param before the record's CID before the commit
 * @param now the record's CID after it
 */
public record Change(TreeKey key, Optional<Cid> before, Optional<Cid> now) {
  /** A new record. */
  public static Change created(TreeKey key, Cid now) {
    return new Change(key, Optional.empty(), Optional.of(now));
  }

  /** New content of a record. */
  public static Change updated(TreeKey key, Cid before, Cid now) {
    return new Change(key, Optional.of(before), Optional.of(now));
  }

  /** The end of a record. */
  public static Change deleted(TreeKey key, Cid before) {
    return new Change(key, Optional.of(before), Optional.empty());
  }
}
