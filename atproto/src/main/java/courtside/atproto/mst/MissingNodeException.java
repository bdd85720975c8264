package courtside.atproto.mst;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cid.Cid;

/** A node has to be opened that is not at hand. Has no stack trace. */
final class MissingNodeException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Cid cid;

  MissingNodeException(Cid cid) {
    super("no node " + cid, null, false, false);
    this.cid = cid;
  }

  Cid cid() {
    return cid;
  }

  MalformedDataException malformed() {
    return new MalformedDataException(Kind.MISSING_BLOCK, -1, "no node " + cid);
  }
}
