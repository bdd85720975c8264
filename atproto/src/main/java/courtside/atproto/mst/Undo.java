package courtside.atproto.mst;

import courtside.atproto.cid.Cid;
import courtside.atproto.mst.Inversion.Failed;
import courtside.atproto.mst.Inversion.Inverted;
import courtside.atproto.mst.Inversion.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * In which order to undo changes. What comes of it is the same, and the nodes that have to be
 * opened are not.
 */
enum Undo {
  /** Enough for the smallest proofs. */
  REVERSE_PATHS(Comparator.comparing(Change::key).reversed()),
  /** What some servers make their proofs for. */
  DELETES_FIRST(
      Comparator.<Change, Boolean>comparing(change -> change.now().isPresent())
          .thenComparing(Change::key));

  @SuppressWarnings("ImmutableEnumChecker") // Neither comparator holds any state.
  private final Comparator<Change> order;

  Undo(Comparator<Change> order) {
    this.order = order;
  }

  /** Undoes the changes, no two of which are of one key. */
  Inversion in(RecordTree after, List<Change> changes) throws MissingNodeException {
    List<Change> sorted = new ArrayList<>(changes);
    sorted.sort(order);
    RecordTree tree = after;
    for (Change change : sorted) {
      if (change.now().isEmpty() && change.before().isEmpty()) {
        return failed(Reason.MISSING_PREVIOUS, "neither a record before nor one now", change);
      }
      Optional<Cid> found = tree.find(change.key());
      if (change.now().isEmpty() && found.isPresent()) {
        return failed(Reason.KEY_PRESENT, "expected no record, found " + found.get(), change);
      }
      if (change.now().isPresent() && found.isEmpty()) {
        return failed(Reason.KEY_ABSENT, "expected " + change.now().get() + ", found none", change);
      }
      if (change.now().isPresent() && !found.equals(change.now())) {
        String both = "expected " + change.now().get() + ", found " + found.orElseThrow();
        return failed(Reason.WRONG_VALUE, both, change);
      }
      tree =
          change.before().isPresent()
              ? tree.put(change.key(), change.before().get())
              : tree.remove(change.key());
    }
    return new Inverted(tree.root());
  }

  private static Failed failed(Reason reason, String what, Change change) {
    return new Failed(reason, what + " under " + TreeKey.quote(change.key().value()));
  }
}
