package courtside.atproto.mst;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One node as its block has it: what can be said of it without the nodes around it. Its keys are
 * strictly increasing, of one height, and each written with the longest prefix that it shares with
 * the one before. Immutable.
 *
 * @param left the subtree before the first key
 * @see <a href="https://atproto.com/specs/repository#mst-structure">MST Structure</a>
 */
record NodeBlock(@Nullable Cid left, List<Item> items) {
  /**
   * One key.
   *
   * @param right the subtree between this key and the next
   */
  record Item(TreeKey key, Cid value, @Nullable Cid right) {}

  NodeBlock {
    items = List.copyOf(items);
  }

  /**
   * Reads a block.
   *
   * @throws MalformedDataException {@link Kind#BAD_TREE}, or what is wrong with it as DAG-CBOR
   */
  static NodeBlock read(byte[] block) throws MalformedDataException {
    DagCborReader reader = new DagCborReader(block);
    DagCborReader.Keys keys = map(reader, 2, "e and l");
    expect(keys, "e", reader);
    int at = reader.position();
    int count = reader.readArray();
    if (count > RecordTree.MAX_ENTRIES) {
      throw bad(at, "a node of " + count + " keys, more than " + RecordTree.MAX_ENTRIES);
    }
    List<Item> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(readItem(block, reader, i == 0 ? null : items.getLast().key()));
    }
    expect(keys, "l", reader);
    Cid left = readSubtree(reader);
    reader.expectEnd();
    return new NodeBlock(left, items);
  }

  private static Item readItem(byte[] block, DagCborReader reader, @Nullable TreeKey previous)
      throws MalformedDataException {
    DagCborReader.Keys keys = map(reader, 4, "k, p, t and v");
    expect(keys, "k", reader);
    Range suffix = reader.readBytes();
    expect(keys, "p", reader);
    int at = reader.position();
    long shared = reader.readInteger();
    expect(keys, "t", reader);
    @Nullable Cid right = readSubtree(reader);
    expect(keys, "v", reader);
    Cid value = reader.readLink();

    String before = previous == null ? "" : previous.value();
    if (shared < 0 || shared > before.length()) {
      throw bad(at, "a prefix of " + shared + " bytes of a key of " + before.length());
    }
    // Checked before it is put together: what is shared costs the sender no bytes.
    if (shared + suffix.length() > TreeKey.MAX_LENGTH) {
      throw bad(at, "a key of " + (shared + suffix.length()) + " bytes");
    }
    // Bytes beyond ASCII become characters that no key has.
    String text =
        before.substring(0, (int) shared)
            + new String(block, suffix.offset(), suffix.length(), StandardCharsets.ISO_8859_1);
    if (!TreeKey.isValid(text)) {
      throw bad(suffix.offset(), "expected collection/rkey as a key, found " + TreeKey.quote(text));
    }
    if (previous != null && before.compareTo(text) >= 0) {
      throw bad(suffix.offset(), "the key " + TreeKey.quote(text) + " out of order");
    }
    int common = TreeKey.commonPrefix(before, text);
    if (shared != common) {
      throw bad(at, "expected the whole common prefix, " + common + " bytes, found " + shared);
    }
    TreeKey key = TreeKey.of(text);
    if (previous != null && previous.height() != key.height()) {
      throw bad(
          suffix.offset(),
          "keys of heights " + previous.height() + " and " + key.height() + " in one node");
    }
    return new Item(key, value, right);
  }

  private static @Nullable Cid readSubtree(DagCborReader reader) throws MalformedDataException {
    if (reader.readNull()) {
      return null;
    }
    int at = reader.position();
    Cid subtree = reader.readLink();
    if (!subtree.isDagCbor()) {
      throw bad(at, "expected a DAG-CBOR node, found a link to raw bytes");
    }
    return subtree;
  }

  private static DagCborReader.Keys map(DagCborReader reader, int expected, String names)
      throws MalformedDataException {
    int at = reader.position();
    int entries = reader.readMap();
    if (entries != expected) {
      throw bad(at, "expected a map of " + names + ", found one of " + entries + " entries");
    }
    return reader.keys();
  }

  private static void expect(DagCborReader.Keys keys, String expected, DagCborReader reader)
      throws MalformedDataException {
    int at = reader.position();
    String found = keys.next();
    if (!found.equals(expected)) {
      throw bad(at, "expected " + expected + ", found " + TreeKey.quote(found));
    }
  }

  private static MalformedDataException bad(int offset, String message) {
    return new MalformedDataException(
        Kind.BAD_TREE, offset, message + " (at byte " + offset + " of a node)");
  }

  /** The block. */
  byte[] write() {
    List<Map<String, @Nullable Object>> entries = new ArrayList<>(items.size());
    String before = "";
    for (Item item : items) {
      String key = item.key().value();
      int shared = TreeKey.commonPrefix(before, key);
      Map<String, @Nullable Object> entry = new HashMap<>();
      entry.put("k", Bytes.of(key.substring(shared).getBytes(StandardCharsets.US_ASCII)));
      entry.put("p", shared);
      entry.put("t", item.right());
      entry.put("v", item.value());
      entries.add(entry);
      before = key;
    }
    Map<String, @Nullable Object> node = new HashMap<>();
    node.put("e", entries);
    node.put("l", left);
    return DagCborWriter.write(node);
  }
}
