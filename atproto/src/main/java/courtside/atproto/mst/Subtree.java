package courtside.atproto.mst;

import courtside.atproto.cid.Cid;

/** A part of a tree, from one node downwards. Immutable. */
sealed interface Subtree permits Node, Subtree.Stub {
  /** The level of its topmost node, counted from the leaves. */
  int height();

  Cid cid();

  /** The node to look into. */
  default Node open() throws MissingNodeException {
    return switch (this) {
      case Node node -> node;
      case Stub stub -> throw new MissingNodeException(stub.cid());
    };
  }

  /** A part that is not at hand: nothing is known of it but its CID. */
  record Stub(int height, Cid cid) implements Subtree {}
}
