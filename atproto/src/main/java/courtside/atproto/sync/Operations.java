package courtside.atproto.sync;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.car.VerifiedArchive;
import courtside.atproto.cbor.Value;
import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.mst.Change;
import courtside.atproto.mst.Inversion;
import courtside.atproto.mst.RecordTree;
import courtside.atproto.mst.TreeKey;
import courtside.atproto.repo.Commit;
import courtside.atproto.sync.Outcome.Failed;
import courtside.atproto.sync.Outcome.Passed;
import courtside.atproto.sync.Outcome.Unchecked;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The operations of one commit against the tree after it, and against the one before. */
final class Operations {
  private final CommitMessage message;
  private final VerifiedArchive archive;
  private final Commit commit;

  Operations(CommitMessage message, VerifiedArchive archive, Commit commit) {
    this.message = message;
    this.archive = archive;
    this.commit = commit;
  }

  /** Whether the tree shows each of them, and the archive holds its record. */
  Outcome verify() {
    Optional<Failed> listed = checkList();
    if (listed.isPresent()) {
      return listed.get();
    }
    if (message.operations().isEmpty()) {
      return new Passed();
    }
    RecordTree tree;
    try {
      tree = RecordTree.load(archive, commit.data());
    } catch (MalformedDataException e) {
      return failed(e.kind() == Kind.MISSING_BLOCK ? Reason.PARTIAL_TREE : Reason.BAD_TREE, e);
    }
    for (RepoOperation operation : message.operations()) {
      Optional<Failed> failed = check(operation, tree);
      if (failed.isPresent()) {
        return failed.get();
      }
    }
    return new Passed();
  }

  private Optional<Failed> checkList() {
    if (!message.unreadable().isEmpty()) {
      CommitMessage.Unreadable first = message.unreadable().getFirst();
      return Optional.of(failed(Reason.BAD_OPERATION, first.why()));
    }
    Set<TreeKey> paths = new HashSet<>();
    for (RepoOperation operation : message.operations()) {
      if (!paths.add(key(operation))) {
        return Optional.of(
            new Failed(Reason.DUPLICATE_PATH, "two operations of " + Quoted.of(key(operation))));
      }
      boolean written = operation.cid().isPresent();
      boolean right =
          switch (operation.action()) {
            case CREATE -> written && operation.prev().isEmpty();
            case UPDATE -> written;
            case DELETE -> !written;
            case UNKNOWN -> false;
          };
      if (!right) {
        return Optional.of(
            new Failed(
                Reason.BAD_OPERATION,
                operation.action() + " with" + (written ? "" : "out") + " a cid"));
      }
    }
    return Optional.empty();
  }

  private Optional<Failed> check(RepoOperation operation, RecordTree tree) {
    Optional<Cid> found;
    try {
      found = tree.get(key(operation));
    } catch (MalformedDataException e) {
      return Optional.of(failed(Reason.PARTIAL_TREE, e));
    }
    if (!found.equals(operation.cid())) {
      return Optional.of(
          new Failed(
              Reason.WRONG_VALUE,
              "expected "
                  + said(operation.cid())
                  + " in the tree under "
                  + Quoted.of(key(operation))
                  + ", found "
                  + said(found)));
    }
    return operation.cid().flatMap(this::checkRecord);
  }

  private Optional<Failed> checkRecord(Cid cid) {
    int length;
    try {
      Value _ = archive.value(cid);
      length = archive.length(cid);
    } catch (MalformedDataException e) {
      return Optional.of(failed(Reason.BAD_RECORD, e));
    }
    return length <= CommitMessage.MAX_RECORD_BYTES
        ? Optional.empty()
        : Optional.of(
            new Failed(
                Reason.TOO_LARGE,
                "expected a record of at most "
                    + CommitMessage.MAX_RECORD_BYTES
                    + " bytes, found "
                    + length));
  }

  /** Whether they undone give the tree that the commit says it follows on. */
  Outcome invert() {
    if (message.prevData().isEmpty()) {
      return new Unchecked("the commit does not say which tree it follows on");
    }
    if (checkList().isPresent()) {
      return new Unchecked("the operations cannot all be read");
    }
    List<Change> changes = new ArrayList<>();
    for (RepoOperation operation : message.operations()) {
      boolean replaces = operation.action() != RepoOperation.Action.CREATE;
      if (replaces && operation.prev().isEmpty()) {
        return new Failed(
            Reason.MISSING_PREVIOUS,
            "expected what was there before under " + Quoted.of(key(operation)) + ", found none");
      }
      changes.add(new Change(key(operation), operation.prev(), operation.cid()));
    }
    return switch (Inversion.of(archive, commit.data(), changes)) {
      case Inversion.Inverted(Cid root) -> {
        Cid expected = message.prevData().get();
        yield root.equals(expected)
            ? new Passed()
            : new Failed(
                Reason.WRONG_PREVIOUS_DATA, "expected the tree " + expected + ", found " + root);
      }
      case Inversion.Failed(Inversion.Reason reason, String detail) ->
          new Failed(reasonOf(reason), detail);
    };
  }

  private static Reason reasonOf(Inversion.Reason reason) {
    return switch (reason) {
      case PARTIAL_TREE -> Reason.PARTIAL_TREE;
      case WRONG_VALUE, KEY_PRESENT, KEY_ABSENT -> Reason.WRONG_VALUE;
      case MISSING_PREVIOUS -> Reason.MISSING_PREVIOUS;
      case DUPLICATE_PATH -> Reason.DUPLICATE_PATH;
      case BAD_TREE -> Reason.BAD_TREE;
    };
  }

  private static TreeKey key(RepoOperation operation) {
    return TreeKey.of(operation.collection(), operation.rkey());
  }

  private static String said(Optional<Cid> cid) {
    return cid.map(Cid::toString).orElse("nothing");
  }

  private static Failed failed(Reason reason, MalformedDataException why) {
    return new Failed(reason, String.valueOf(why.getMessage()));
  }
}
