package courtside.atproto.mst;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cid.Cid;
import courtside.atproto.mst.Inversion.Inverted;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Those nodes of a tree that a commit has to carry, so that whoever has nothing else can look up
 * every changed key in the tree, and undo the changes.
 *
 * @see <a href="https://atproto.com/specs/sync">Synchronization</a>
 */
public final class CoveringProof {
  private CoveringProof() {}

  /**
   * The blocks: those that are new, those on the way to each key and to its neighbours, and those
   * that undoing the changes needs besides, in either of the orders that are in use. That they are
   * enough was tried when this returns.
   *
   * @throws IllegalArgumentException if the changes do not lead from the one tree to the other
   * @throws MalformedDataException {@link Kind#MISSING_BLOCK} if a tree is partial and a node that
   *     is needed is not at hand
   */
  public static Map<Cid, Bytes> of(RecordTree before, RecordTree after, List<Change> changes)
      throws MalformedDataException {
    Set<Cid> needed = new HashSet<>(after.nodesSince(before).keySet());
    try {
      for (Change change : changes) {
        after.visitAround(change.key(), node -> needed.add(node.cid()));
      }
    } catch (MissingNodeException e) {
      throw e.malformed();
    }
    for (Undo order : Undo.values()) {
      Inversion inversion = undo(order, after, changes, needed);
      if (!inversion.equals(new Inverted(before.root()))) {
        throw new IllegalArgumentException(
            "the changes do not lead from " + before + " to " + after + ": " + inversion);
      }
    }
    return after.only(needed).blocks();
  }

  /** Undoes the changes as a receiver does, and adds what is found to be missing. */
  private static Inversion undo(Undo order, RecordTree after, List<Change> changes, Set<Cid> needed)
      throws MalformedDataException {
    while (true) {
      try {
        return order.in(after.only(needed), changes);
      } catch (MissingNodeException e) {
        if (!needed.add(e.cid())) {
          throw e.malformed();
        }
      }
    }
  }
}
