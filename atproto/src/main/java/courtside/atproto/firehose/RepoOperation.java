package courtside.atproto.firehose;

import courtside.atproto.cid.Cid;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;
import java.util.Optional;

/**
 * One change to one record, as a commit lists it. Immutable.
 *
 * @param cid the record's content; absent on a delete
 * @param prev its content before; absent on a create, and where the server does not say
 * @see <a href="https://atproto.com/specs/sync#firehose">subscribeRepos, repoOp</a>
 */
public record RepoOperation(
    Action action, Nsid collection, RecordKey rkey, Optional<Cid> cid, Optional<Cid> prev) {
  /** What is done to the record. */
  public enum Action {
    CREATE,
    UPDATE,
    DELETE,
    /** An action that this version does not know. */
    UNKNOWN,
  }
}
