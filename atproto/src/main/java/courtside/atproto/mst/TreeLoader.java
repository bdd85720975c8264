package courtside.atproto.mst;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.car.BlockSource;
import courtside.atproto.cid.Cid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tree from its root down as far as there are blocks. The height of the root's keys says
 * how deep it may go at most; every level below has to be one lower, whether it has keys or not, so
 * no chain of blocks takes it deeper than that.
 */
final class TreeLoader {
  private final BlockSource blocks;

  TreeLoader(BlockSource blocks) {
    this.blocks = blocks;
  }

  Node root(Cid cid) throws MalformedDataException {
    Optional<Bytes> bytes = blocks.find(cid);
    if (bytes.isEmpty()) {
      throw new MissingNodeException(cid).malformed();
    }
    NodeBlock block = NodeBlock.read(bytes.get().toArray());
    if (!block.items().isEmpty()) {
      return node(cid, block, block.items().getFirst().key().height(), null, null);
    }
    if (block.left() != null) {
      throw bad(cid, "a root without keys over another node");
    }
    return Node.EMPTY;
  }

  /** A node, all of whose keys have to stand between two others. */
  private Node node(
      Cid cid, NodeBlock block, int height, @Nullable TreeKey after, @Nullable TreeKey before)
      throws MalformedDataException {
    List<NodeBlock.Item> items = block.items();
    checkPlace(cid, items, height, after, before);
    @Nullable TreeKey first = items.isEmpty() ? before : items.getFirst().key();
    @Nullable Subtree left = child(cid, block.left(), height, after, first);
    List<Node.Entry> entries = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      NodeBlock.Item item = items.get(i);
      @Nullable TreeKey next = i + 1 < items.size() ? items.get(i + 1).key() : before;
      Subtree right = child(cid, item.right(), height, item.key(), next);
      entries.add(new Node.Entry(item.key(), item.value(), right));
    }
    return new Node(cid, height, left, entries);
  }

  private @Nullable Subtree child(
      Cid parent,
      @Nullable Cid cid,
      int parentHeight,
      @Nullable TreeKey after,
      @Nullable TreeKey before)
      throws MalformedDataException {
    if (cid == null) {
      return null;
    }
    if (parentHeight == 0) {
      throw bad(parent, "a node of height 0 over another one");
    }
    Optional<Bytes> bytes = blocks.find(cid);
    if (bytes.isEmpty()) {
      return new Subtree.Stub(parentHeight - 1, cid);
    }
    NodeBlock block = NodeBlock.read(bytes.get().toArray());
    if (block.items().isEmpty() && block.left() == null) {
      throw bad(cid, "an empty node inside a tree");
    }
    return node(cid, block, parentHeight - 1, after, before);
  }

  private static void checkPlace(
      Cid cid,
      List<NodeBlock.Item> items,
      int height,
      @Nullable TreeKey after,
      @Nullable TreeKey before)
      throws MalformedDataException {
    if (items.isEmpty()) {
      return;
    }
    TreeKey first = items.getFirst().key();
    TreeKey last = items.getLast().key();
    if (first.height() != height) {
      throw bad(cid, "expected keys of height " + height + ", found " + first.height());
    }
    if ((after != null && after.compareTo(first) >= 0)
        || (before != null && before.compareTo(last) <= 0)) {
      throw bad(cid, "keys beyond those that the node stands between");
    }
  }

  private static MalformedDataException bad(Cid cid, String message) {
    return new MalformedDataException(Kind.BAD_TREE, -1, message + " (in node " + cid + ")");
  }
}
