package courtside.atproto.repo;

import courtside.atproto.Bytes;
import courtside.atproto.cid.Cid;
import courtside.atproto.mst.Change;
import courtside.atproto.syntax.Tid;
import java.util.List;
import java.util.Optional;

/**
 * A commit with all that the firehose says of it. Immutable.
 *
 * @param since the revision before; absent on an account's first commit
 * @param prevData the root of the tree before; absent on an account's first commit
 * @param changes of different records
 * @param blocks a CAR: the commit, the nodes of the tree that are needed to check the changes, and
 *     the new records
 * @see <a href="https://atproto.com/specs/sync#firehose">subscribeRepos, commit</a>
 */
public record SignedCommit(
    Commit commit,
    Optional<Tid> since,
    Optional<Cid> prevData,
    List<Change> changes,
    Bytes blocks) {
  /** Copies the list. */
  public SignedCommit {
    changes = List.copyOf(changes);
  }
}
