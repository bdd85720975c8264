package courtside.atproto.repo;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.car.CarWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.key.SigningKey;
import courtside.atproto.mst.Change;
import courtside.atproto.mst.CoveringProof;
import courtside.atproto.mst.RecordTree;
import courtside.atproto.mst.TreeKey;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Tid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An account's repository in memory: its records, the tree over them, the key that signs. What it
 * gives out keeps to the protocol, so that any reader takes it. Confined to one thread.
 *
 * @see <a href="https://atproto.com/specs/repository">Repository</a>
 */
public final class Repository {
  /** Most writes of one commit. */
  public static final int MAX_WRITES = 200;

  /** Largest record, in bytes. */
  public static final int MAX_RECORD_BYTES = 1_000_000;

  /** Largest archive of one commit, in bytes. */
  public static final int MAX_BLOCKS_BYTES = 2_000_000;

  private final Did did;
  private final Map<TreeKey, Bytes> records = new HashMap<>();
  private SigningKey key;
  private RecordTree tree = RecordTree.empty();
  private Optional<Commit> head = Optional.empty();

  /** A repository without a record, and without a commit yet. */
  public Repository(Did did, SigningKey key) {
    this.did = did;
    this.key = key;
  }

  public Did did() {
    return did;
  }

  /** The last commit. */
  public Optional<Commit> head() {
    return head;
  }

  /** The tree over the records. */
  public RecordTree tree() {
    return tree;
  }

  /** A record. */
  public Optional<Bytes> record(TreeKey path) {
    return Optional.ofNullable(records.get(path));
  }

  /** From now on another key signs. Commits that were made stay as they are. */
  public void rotateKey(SigningKey next) {
    key = next;
  }

  /**
   * Makes the writes one commit. Without a write it says only that this key signs for what is
   * there.
   *
   * @param rev higher than that of the last commit
   * @throws IllegalArgumentException if there are too many writes, two of them are of one record,
   *     one creates what is there or updates or deletes what is not, a record is empty or too
   *     large, all of it is too large, or the revision is not higher; nothing has changed then
   */
  public SignedCommit commit(List<Write> writes, Tid rev) {
    checkFits(writes.size(), MAX_WRITES, "writes");
    head.ifPresent(last -> {
      if (rev.compareTo(last.rev()) <= 0) {
        throw new IllegalArgumentException(
            "expected a revision after " + last.rev() + ", found " + rev);
      }
    });
    Set<TreeKey> written = new HashSet<>();
    Map<Cid, Bytes> contents = new LinkedHashMap<>();
    List<Change> changes = new ArrayList<>();
    for (Write write : writes) {
      if (!written.add(write.key())) {
        throw new IllegalArgumentException("two writes of " + write.key());
      }
      changes.add(change(write, contents));
    }

    RecordTree after = tree;
    Map<Cid, Bytes> proof;
    try {
      for (Change change : changes) {
        after =
            change.now().isPresent()
                ? after.with(change.key(), change.now().get())
                : after.without(change.key());
      }
      proof = CoveringProof.of(tree, after, changes);
    } catch (MalformedDataException e) {
      throw new IllegalStateException("a tree that never was partial", e);
    }
    Commit commit = Commit.sign(did, rev, after.root(), key);
    Map<Cid, Bytes> blocks = new LinkedHashMap<>();
    blocks.put(commit.cid(), commit.block());
    blocks.putAll(proof);
    blocks.putAll(contents);
    byte[] archive = CarWriter.write(commit.cid(), blocks);
    checkFits(archive.length, MAX_BLOCKS_BYTES, "bytes of blocks");

    SignedCommit signed =
        new SignedCommit(
            commit, head.map(Commit::rev), head.map(Commit::data), changes, Bytes.of(archive));
    for (Change change : changes) {
      change
          .now()
          .map(contents::get)
          .ifPresentOrElse(
              content -> records.put(change.key(), content), () -> records.remove(change.key()));
    }
    tree = after;
    head = Optional.of(commit);
    return signed;
  }

  /** What a write does, and the content that it brings. */
  private Change change(Write write, Map<Cid, Bytes> contents) {
    Optional<Cid> before = record(write.key()).map(Repository::cidOf);
    return switch (write) {
      case Write.Create create -> {
        if (before.isPresent()) {
          throw new IllegalArgumentException("created, but there: " + write.key());
        }
        yield Change.created(write.key(), add(create.record(), contents));
      }
      case Write.Update update ->
          Change.updated(write.key(), expected(before, write), add(update.record(), contents));
      case Write.Delete _ -> Change.deleted(write.key(), expected(before, write));
    };
  }

  private static Cid expected(Optional<Cid> before, Write write) {
    return before.orElseThrow(
        () -> new IllegalArgumentException("updated or deleted, but not there: " + write.key()));
  }

  private static Cid add(Bytes record, Map<Cid, Bytes> contents) {
    if (record.length() == 0) {
      throw new IllegalArgumentException("a record without content");
    }
    checkFits(record.length(), MAX_RECORD_BYTES, "bytes of a record");
    Cid cid = cidOf(record);
    contents.put(cid, record);
    return cid;
  }

  private static Cid cidOf(Bytes record) {
    return Cid.ofDagCbor(record.toArray(), 0, record.length());
  }

  private static void checkFits(int found, int most, String what) {
    if (found > most) {
      throw new IllegalArgumentException(
          "expected at most " + most + " " + what + ", found " + found);
    }
  }

  /**
   * All of it as a CAR, as getRepo answers: the last commit, the tree, the records.
   *
   * @throws IllegalStateException before the first commit
   */
  public byte[] export() {
    Commit last = head.orElseThrow(() -> new IllegalStateException("no commit yet"));
    Map<Cid, Bytes> blocks = new LinkedHashMap<>();
    blocks.put(last.cid(), last.block());
    blocks.putAll(tree.blocks());
    records.values().forEach(record -> blocks.put(cidOf(record), record));
    return CarWriter.write(last.cid(), blocks);
  }
}
