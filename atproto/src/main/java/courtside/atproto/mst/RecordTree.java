package courtside.atproto.mst;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.car.BlockSource;
import courtside.atproto.cid.Cid;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Merkle search tree of a repository: which record stands under which path. Its shape, and so
 * the CID of its root, follows from what is in it alone, whatever the order it came in. A changed
 * tree shares with the one before whatever is the same.
 *
 * <p>A tree may be partial: of subtrees whose blocks were not at hand when it was loaded it knows
 * the CIDs. Whoever needs to look into one gets {@link Kind#MISSING_BLOCK}; the rest stands.
 *
 * <p>Immutable; thread-safe.
 *
 * @see <a href="https://atproto.com/specs/repository#mst-structure">MST Structure</a>
 */
public final class RecordTree {
  /**
   * Most keys that a node may have to be read. In a tree of keys that nobody searched for, a node
   * has four, and more than this with a chance of (3/4)^1024.
   */
  public static final int MAX_ENTRIES = 1024;

  private static final RecordTree EMPTY = new RecordTree(Node.EMPTY);

  private final Subtree root;

  /** Is shown what is in a tree, in the order of the keys. */
  @FunctionalInterface
  public interface Visitor {
    /** A record. */
    void record(TreeKey key, Cid record);

    /** A subtree that is not at hand, where its records would come. */
    default void missing(Cid subtree) {}
  }

  private RecordTree(Subtree root) {
    this.root = root;
  }

  /** The tree of a repository without records. */
  public static RecordTree empty() {
    return EMPTY;
  }

  /**
   * Reads the tree of this root, every node of it that the source holds, and checks that all of
   * them together are one tree in its one form. What that takes is in proportion to the blocks that
   * are found: keys come out at most some twenty times larger than they are written.
   *
   * @throws MalformedDataException {@link Kind#BAD_TREE} or what is wrong with a node as DAG-CBOR;
   *     {@link Kind#MISSING_BLOCK} if the source does not hold the root; what the source throws
   */
  public static RecordTree load(BlockSource blocks, Cid root) throws MalformedDataException {
    return new RecordTree(new TreeLoader(blocks).root(root));
  }

  /**
   * The record under a key.
   *
   * @throws MalformedDataException {@link Kind#MISSING_BLOCK} if this part of the tree is not at
   *     hand
   */
  public Optional<Cid> get(TreeKey key) throws MalformedDataException {
    try {
      return find(key);
    } catch (MissingNodeException e) {
      throw e.malformed();
    }
  }

  /**
   * The tree in which this record stands under the key, in place of another or as a new one.
   *
   * @throws MalformedDataException {@link Kind#MISSING_BLOCK} if this part of the tree is not at
   *     hand
   */
  public RecordTree with(TreeKey key, Cid record) throws MalformedDataException {
    try {
      return put(key, record);
    } catch (MissingNodeException e) {
      throw e.malformed();
    }
  }

  /**
   * The tree in which nothing stands under the key.
   *
   * @throws MalformedDataException {@link Kind#MISSING_BLOCK} if this part of the tree is not at
   *     hand
   */
  public RecordTree without(TreeKey key) throws MalformedDataException {
    try {
      return find(key).isEmpty() ? this : remove(key);
    } catch (MissingNodeException e) {
      throw e.malformed();
    }
  }

  /** The CID of the root: the {@code data} of a commit. */
  public Cid root() {
    return root.cid();
  }

  /** Whether every node is at hand. */
  public boolean isComplete() {
    return isComplete(root);
  }

  /** Shows all that is at hand, in the order of the keys. */
  public void walk(Visitor visitor) {
    walk(root, visitor);
  }

  /**
   * All keys, in order, and their records.
   *
   * @throws MalformedDataException {@link Kind#MISSING_BLOCK} if the tree is not complete
   */
  public Map<TreeKey, Cid> records() throws MalformedDataException {
    Map<TreeKey, Cid> records = new TreeMap<>();
    @Nullable Cid[] missing = new @Nullable Cid[1];
    walk(
        new Visitor() {
          @Override
          public void record(TreeKey key, Cid record) {
            records.put(key, record);
          }

          @Override
          public void missing(Cid subtree) {
            missing[0] = subtree;
          }
        });
    Cid subtree = missing[0];
    if (subtree != null) {
      throw new MissingNodeException(subtree).malformed();
    }
    return records;
  }

  /** The blocks of all nodes that are at hand, each after the node that it is a child of. */
  public Map<Cid, Bytes> blocks() {
    Map<Cid, Bytes> blocks = new LinkedHashMap<>();
    each(root, node -> blocks.put(node.cid(), Bytes.of(node.block())));
    return blocks;
  }

  /**
   * The blocks of those nodes at hand that are not part of another tree: what has to be stored of
   * this tree where that one is. Looks only into what differs.
   */
  public Map<Cid, Bytes> blocksSince(RecordTree before) {
    Map<Cid, Bytes> blocks = new LinkedHashMap<>();
    nodesSince(before).forEach((cid, node) -> blocks.put(cid, Bytes.of(node.block())));
    return blocks;
  }

  Map<Cid, Node> nodesSince(RecordTree before) {
    Map<Cid, Node> nodes = new LinkedHashMap<>();
    Map<Cid, Subtree> theirs = new HashMap<>();
    Map<Cid, Subtree> ours = new LinkedHashMap<>();
    // Level by level: what is at the same height in both can only be the same node there.
    for (int height = Math.max(root.height(), before.root.height()); height >= 0; height--) {
      if (height == root.height()) {
        ours.put(root(), root);
      }
      if (height == before.root.height()) {
        theirs.put(before.root(), before.root);
      }
      Set<Cid> same = new HashSet<>(ours.keySet());
      same.retainAll(theirs.keySet());
      ours.keySet().removeAll(same);
      theirs.keySet().removeAll(same);
      ours.forEach((cid, subtree) -> {
        if (subtree instanceof Node node) {
          nodes.put(cid, node);
        }
      });
      ours = children(ours);
      theirs = children(theirs);
    }
    return nodes;
  }

  private static Map<Cid, Subtree> children(Map<Cid, Subtree> level) {
    Map<Cid, Subtree> children = new LinkedHashMap<>();
    for (Subtree subtree : level.values()) {
      if (subtree instanceof Node node) {
        node.children().forEach(child -> children.put(child.cid(), child));
      }
    }
    return children;
  }

  Optional<Cid> find(TreeKey key) throws MissingNodeException {
    Subtree at = root;
    // Below its own height no key is.
    while (at != null && at.height() >= key.height()) {
      Node node = at.open();
      int index = node.indexOf(key);
      if (node.holds(index, key)) {
        return Optional.of(node.entries().get(index).value());
      }
      at = node.height() == key.height() ? null : node.child(index);
    }
    return Optional.empty();
  }

  RecordTree put(TreeKey key, Cid record) throws MissingNodeException {
    return new RecordTree(Edit.put(root, key, record));
  }

  RecordTree remove(TreeKey key) throws MissingNodeException {
    return new RecordTree(Edit.remove(root, key));
  }

  /** The nodes from the root to a key, or to where it would be, and on to both its neighbours. */
  void visitAround(TreeKey key, Consumer<Node> visitor) throws MissingNodeException {
    Subtree at = root;
    while (at != null) {
      Node node = at.open();
      visitor.accept(node);
      int index = node.indexOf(key);
      if (node.holds(index, key)) {
        for (Subtree end = node.child(index); end != null; ) {
          Node last = end.open();
          visitor.accept(last);
          end = last.child(last.entries().size());
        }
        for (Subtree end = node.child(index + 1); end != null; ) {
          Node first = end.open();
          visitor.accept(first);
          end = first.child(0);
        }
        return;
      }
      at = node.child(index);
    }
  }

  /** The same tree, of which only the root and these nodes are at hand. */
  RecordTree only(Set<Cid> nodes) {
    return root instanceof Node node ? new RecordTree(node.only(nodes)) : this;
  }

  private static boolean isComplete(Subtree subtree) {
    return subtree instanceof Node node
        && node.children().stream().allMatch(child -> isComplete(child));
  }

  private static void walk(Subtree subtree, Visitor visitor) {
    switch (subtree) {
      case Subtree.Stub stub -> visitor.missing(stub.cid());
      case Node node -> {
        for (int i = 0; i <= node.entries().size(); i++) {
          Subtree child = node.child(i);
          if (child != null) {
            walk(child, visitor);
          }
          if (i < node.entries().size()) {
            Node.Entry entry = node.entries().get(i);
            visitor.record(entry.key(), entry.value());
          }
        }
      }
    }
  }

  private static void each(Subtree subtree, Consumer<Node> visitor) {
    if (subtree instanceof Node node) {
      visitor.accept(node);
      node.children().forEach(child -> each(child, visitor));
    }
  }

  /** The root's CID. */
  @Override
  public String toString() {
    return root().toString();
  }
}
