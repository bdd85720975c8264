package courtside.atproto.mst;

import courtside.atproto.cid.Cid;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A node at hand. Between and beside its keys stand its children, one more than keys, each of which
 * may be none. A node without keys has one child, or is the whole of an empty tree. Immutable.
 */
final class Node implements Subtree {
  /** The one node of an empty tree. */
  static final Node EMPTY = new Node(0, null, List.of());

  private final int height;
  private final @Nullable Subtree left;
  private final List<Entry> entries;

  /** Set when it is first asked for. Threads that race for it find the same. */
  private @Nullable Cid cid;

  /**
   * One key.
   *
   * @param right the child between this key and the next
   */
  record Entry(TreeKey key, Cid value, @Nullable Subtree right) {}

  Node(int height, @Nullable Subtree left, List<Entry> entries) {
    this.height = height;
    this.left = left;
    this.entries = List.copyOf(entries);
  }

  /** A node that was read, and so has its CID. */
  Node(Cid cid, int height, @Nullable Subtree left, List<Entry> entries) {
    this(height, left, entries);
    this.cid = cid;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public Cid cid() {
    Cid known = cid;
    if (known == null) {
      byte[] block = block();
      known = Cid.ofDagCbor(block, 0, block.length);
      cid = known;
    }
    return known;
  }

  /** Its block. Goes down into children whose CIDs are not known yet. */
  byte[] block() {
    List<NodeBlock.Item> items = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      items.add(new NodeBlock.Item(entry.key(), entry.value(), cidOf(entry.right())));
    }
    return new NodeBlock(cidOf(left), items).write();
  }

  private static @Nullable Cid cidOf(@Nullable Subtree subtree) {
    return subtree == null ? null : subtree.cid();
  }

  List<Entry> entries() {
    return entries;
  }

  /** How many keys come before this one: the key's index, or that of the child it belongs into. */
  int indexOf(TreeKey key) {
    int low = 0;
    int high = entries.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entries.get(middle).key().compareTo(key) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Whether the key is the one at the index that {@link #indexOf} gave for it. */
  boolean holds(int index, TreeKey key) {
    return index < entries.size() && entries.get(index).key().equals(key);
  }

  /** The child before the key of this index; the last one has the number of keys as index. */
  @Nullable Subtree child(int index) {
    return index == 0 ? left : entries.get(index - 1).right();
  }

  /** The children that are, in order. */
  List<Subtree> children() {
    List<Subtree> children = new ArrayList<>(entries.size() + 1);
    for (int i = 0; i <= entries.size(); i++) {
      Subtree child = child(i);
      if (child != null) {
        children.add(child);
      }
    }
    return children;
  }

  Node withChild(int index, @Nullable Subtree child) {
    if (index == 0) {
      return new Node(height, child, entries);
    }
    List<Entry> changed = new ArrayList<>(entries);
    Entry before = entries.get(index - 1);
    changed.set(index - 1, new Entry(before.key(), before.value(), child));
    return new Node(height, left, changed);
  }

  Node withValue(int index, Cid value) {
    List<Entry> changed = new ArrayList<>(entries);
    Entry entry = entries.get(index);
    changed.set(index, new Entry(entry.key(), value, entry.right()));
    return new Node(height, left, changed);
  }

  /** The same node, below which only these are at hand. */
  Node only(Set<Cid> nodes) {
    List<Entry> cut = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      cut.add(new Entry(entry.key(), entry.value(), only(entry.right(), nodes)));
    }
    return new Node(cid(), height, only(left, nodes), cut);
  }

  private static @Nullable Subtree only(@Nullable Subtree subtree, Set<Cid> nodes) {
    return switch (subtree) {
      case null -> null;
      case Stub stub -> stub;
      case Node node ->
          nodes.contains(node.cid()) ? node.only(nodes) : new Stub(node.height(), node.cid());
    };
  }

  /** The keys before the index, and a last child. */
  @Nullable Node before(int index, @Nullable Subtree last) {
    return index == 0
        ? orNone(new Node(height, last, List.of()))
        : new Node(height, left, entries.subList(0, index)).withChild(index, last);
  }

  /** A first child, and the keys from the index on. */
  @Nullable Node from(int index, @Nullable Subtree first) {
    return orNone(new Node(height, first, entries.subList(index, entries.size())));
  }

  private static @Nullable Node orNone(Node node) {
    return node.entries.isEmpty() && node.left == null ? null : node;
  }
}
