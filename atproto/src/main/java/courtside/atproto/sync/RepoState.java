package courtside.atproto.sync;

import courtside.atproto.cid.Cid;
import courtside.atproto.syntax.Tid;

/**
 * Where a repository stands. Immutable.
 *
 * @param rev the revision of its last commit
 * @param data the root of its tree
 */
public record RepoState(Tid rev, Cid data) {}
