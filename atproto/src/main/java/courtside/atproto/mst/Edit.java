package courtside.atproto.mst;

import courtside.atproto.cid.Cid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a tree of another one and shares what does not change. Every call goes down at least one
 * level, so none nests deeper than the tree is high, which no one can make more than {@link
 * TreeKey#MAX_HEIGHT}.
 *
 * @see <a href="https://atproto.com/specs/repository#mst-structure">MST Structure</a>
 */
final class Edit {
  private Edit() {}

  /** The two parts of a subtree before and after a key that is not in it. */
  private record Halves(@Nullable Subtree before, @Nullable Subtree after) {}

  /** The tree with the key at that value. */
  static Subtree put(Subtree root, TreeKey key, Cid value) throws MissingNodeException {
    if (isEmpty(root)) {
      return single(key, value);
    }
    if (key.height() <= root.height()) {
      return putBelow(root, key, value);
    }
    Halves halves = split(root, key);
    int below = key.height() - 1;
    return new Node(
        key.height(),
        raise(halves.before(), below),
        List.of(new Node.Entry(key, value, raise(halves.after(), below))));
  }

  private static Node putBelow(Subtree subtree, TreeKey key, Cid value)
      throws MissingNodeException {
    Node node = subtree.open();
    int index = node.indexOf(key);
    Subtree child = node.child(index);
    if (node.height() > key.height()) {
      return node.withChild(
          index,
          child == null
              ? raise(single(key, value), node.height() - 1)
              : putBelow(child, key, value));
    }
    if (node.holds(index, key)) {
      return node.withValue(index, value);
    }
    Halves halves = split(child, key);
    List<Node.Entry> entries = new ArrayList<>(node.entries());
    entries.add(index, new Node.Entry(key, value, halves.after()));
    return new Node(node.height(), node.child(0), entries).withChild(index, halves.before());
  }

  /** The tree without the key, which is in it. */
  static Subtree remove(Subtree root, TreeKey key) throws MissingNodeException {
    Subtree top = removeBelow(root, key);
    // No level is needed above the highest key. Of a stub nothing else is known.
    while (top instanceof Node node && node.entries().isEmpty()) {
      top = node.child(0);
    }
    return top == null ? Node.EMPTY : top;
  }

  private static @Nullable Subtree removeBelow(Subtree subtree, TreeKey key)
      throws MissingNodeException {
    Node node = subtree.open();
    int index = node.indexOf(key);
    Subtree child = node.child(index);
    if (node.holds(index, key)) {
      return join(node, index, merge(child, node.child(index + 1)), node, index + 1);
    }
    if (child == null || node.height() == 0) {
      throw new IllegalArgumentException("not in the tree: " + TreeKey.quote(key.value()));
    }
    return join(node, index, removeBelow(child, key), node, index);
  }

  private static Halves split(@Nullable Subtree subtree, TreeKey key) throws MissingNodeException {
    if (subtree == null) {
      return new Halves(null, null);
    }
    Node node = subtree.open();
    int index = node.indexOf(key);
    Halves below = split(node.child(index), key);
    return new Halves(node.before(index, below.before()), node.from(index, below.after()));
  }

  /** One subtree of two neighbours of the same height. */
  private static @Nullable Subtree merge(@Nullable Subtree before, @Nullable Subtree after)
      throws MissingNodeException {
    if (before == null || after == null) {
      return before == null ? after : before;
    }
    Node left = before.open();
    Node right = after.open();
    int last = left.entries().size();
    return join(left, last, merge(left.child(last), right.child(0)), right, 0);
  }

  /** The left node up to an index, a child, and the right node from an index on. */
  private static @Nullable Subtree join(
      Node left, int until, @Nullable Subtree middle, Node right, int from) {
    List<Node.Entry> after = right.entries().subList(from, right.entries().size());
    Node before = left.before(until, middle);
    if (before == null) {
      return right.from(from, null);
    }
    List<Node.Entry> entries = new ArrayList<>(before.entries());
    entries.addAll(after);
    return new Node(before.height(), before.child(0), entries);
  }

  private static Node single(TreeKey key, Cid value) {
    return new Node(key.height(), null, List.of(new Node.Entry(key, value, null)));
  }

  /** Nodes without keys lead down to the subtree, for no level may be left out. */
  private static @Nullable Subtree raise(@Nullable Subtree subtree, int height) {
    Subtree top = subtree;
    while (top != null && top.height() < height) {
      top = new Node(top.height() + 1, top, List.of());
    }
    return top;
  }

  private static boolean isEmpty(Subtree root) {
    return root instanceof Node node && node.entries().isEmpty() && node.child(0) == null;
  }
}
