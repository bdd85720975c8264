package courtside.atproto.mst;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.car.BlockSource;
import courtside.atproto.cid.Cid;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What comes of undoing a commit's changes in the tree after it. Where the root found is that of
 * the commit before, the changes are all that happened: nothing was left out, nothing made up.
 * Immutable.
 *
 * @see <a href="https://atproto.com/specs/sync">Synchronization</a>
 */
public sealed interface Inversion {
  /**
   * The changes were undone.
   *
   * @param root of the tree before them
   */
  record Inverted(Cid root) implements Inversion {}

  /**
   * They cannot be undone.
   *
   * @param detail what was expected and what was found, bounded
   */
  record Failed(Reason reason, String detail) implements Inversion {}

  /** Why changes cannot be undone. Safe as a metric label. */
  enum Reason {
    /** A node would be needed that is not at hand. */
    PARTIAL_TREE,
    /** The tree has another record under the key than the change says. */
    WRONG_VALUE,
    /** The tree has the key of a record that was deleted. */
    KEY_PRESENT,
    /** The tree does not have the key of a record that was created or updated. */
    KEY_ABSENT,
    /** A change does not say what was there before. */
    MISSING_PREVIOUS,
    /** Two changes of one key. */
    DUPLICATE_PATH,
    /** The blocks are no tree. */
    BAD_TREE,
  }

  /** Undoes the changes in the tree of this root, as far as the source holds it. */
  static Inversion of(BlockSource blocks, Cid root, List<Change> changes) {
    if (changes.isEmpty()) {
      return new Inverted(root);
    }
    RecordTree after;
    try {
      after = RecordTree.load(blocks, root);
    } catch (MalformedDataException e) {
      Reason reason = e.kind() == Kind.MISSING_BLOCK ? Reason.PARTIAL_TREE : Reason.BAD_TREE;
      return new Failed(reason, String.valueOf(e.getMessage()));
    }
    return of(after, changes);
  }

  /** Undoes the changes in the tree after them, of which some nodes may not be at hand. */
  static Inversion of(RecordTree after, List<Change> changes) {
    Set<TreeKey> keys = new HashSet<>();
    for (Change change : changes) {
      if (!keys.add(change.key())) {
        return new Failed(
            Reason.DUPLICATE_PATH, "two changes of " + TreeKey.quote(change.key().value()));
      }
    }
    try {
      return Undo.REVERSE_PATHS.in(after, changes);
    } catch (MissingNodeException first) {
      try {
        return Undo.DELETES_FIRST.in(after, changes);
      } catch (MissingNodeException second) {
        return new Failed(Reason.PARTIAL_TREE, String.valueOf(second.getMessage()));
      }
    }
  }
}
