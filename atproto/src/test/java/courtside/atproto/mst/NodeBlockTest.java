package courtside.atproto.mst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class NodeBlockTest {
  private static final Cid CID = Keys.cid(1);
  private static final TreeKey A0 = Keys.mined('A', 0);
  private static final TreeKey B0 = Keys.mined('B', 0);
  private static final TreeKey B1 = Keys.mined('B', 1);

  @Test
  void whatIsWrittenReadsBackTheSame() throws MalformedDataException {
    NodeBlock node =
        new NodeBlock(
            CID,
            List.of(new NodeBlock.Item(A0, CID, null), new NodeBlock.Item(B0, CID, Keys.cid(2))));
    assertThat(NodeBlock.read(node.write())).isEqualTo(node);
    NodeBlock empty = new NodeBlock(null, List.of());
    assertThat(NodeBlock.read(empty.write())).isEqualTo(empty);
  }

  @Test
  void acceptsWhatTheOtherTestsSpoil() throws MalformedDataException {
    assertThat(NodeBlock.read(node(entry(0, A0.value()), entry(0, B0.value()))).items()).hasSize(2);
  }

  @Test
  void refusesAPrefixThatIsNotTheWholeCommonOne() {
    String first = "c/a";
    String second = sibling(first);
    assertRefused(node(entry(0, first), entry(0, second)), "the whole common prefix, 2 bytes");
    assertRefused(node(entry(0, first), entry(1, second.substring(1))), "found 1");
    assertRefused(node(entry(1, first.substring(1))), "a prefix of 1 bytes of a key of 0");
    assertRefused(node(entry(0, first), entry(4, "x")), "a prefix of 4 bytes of a key of 3");
    assertRefused(node(entry(0, first), entry(-1, second)), "a prefix of -1 bytes");
    assertRefused(node(entry(0, first), entry(Long.MAX_VALUE, "x")), "a prefix of 922");
  }

  /** A key of the same height after one, with which it has all but the last character in common. */
  private static String sibling(String key) {
    String stem = key.substring(0, key.length() - 1);
    for (char c = (char) (key.charAt(key.length() - 1) + 1); c <= 'z'; c++) {
      if (TreeKey.of(stem + c).height() == TreeKey.of(key).height()) {
        return stem + c;
      }
    }
    throw new AssertionError("no sibling of " + key);
  }

  @Test
  void refusesKeysOutOfOrder() {
    assertRefused(node(entry(0, B0.value()), entry(0, A0.value())), "out of order");
    // All of it shared, nothing more: the same key again.
    assertRefused(node(entry(0, A0.value()), entry(A0.value().length(), "")), "out of order");
  }

  @Test
  void refusesKeysOfTwoHeights() {
    assertRefused(node(entry(0, A0.value()), entry(0, B1.value())), "keys of heights 0 and 1");
  }

  @Test
  void refusesWhatIsNoKey() {
    for (String key : List.of("", "a", "a/", "/a", "a/b/c", "a/b c", "a/\u0000", "a/\u00e9")) {
      assertRefused(node(entry(0, key)), "expected collection/rkey as a key");
    }
    assertRefused(node(entry(0, "a/" + "b".repeat(TreeKey.MAX_LENGTH - 1))), "a key of 1025 bytes");
  }

  @Test
  void refusesFieldsTooManyTooFewOrOthers() {
    Map<String, @Nullable Object> more = entry(0, A0.value());
    more.put("x", 1);
    assertRefused(node(more), "expected a map of k, p, t and v, found one of 5");
    Map<String, @Nullable Object> fewer = entry(0, A0.value());
    fewer.remove("t");
    assertRefused(node(fewer), "found one of 3");
    Map<String, @Nullable Object> other = entry(0, A0.value());
    other.remove("t");
    other.put("u", null);
    assertRefused(node(other), "expected t, found 'u'");
    assertRefused(DagCborWriter.write(Map.of("e", List.of())), "expected a map of e and l");
    assertRefused(DagCborWriter.write(Map.of("e", List.of(), "m", 1)), "expected l, found 'm'");
  }

  @Test
  void refusesASubtreeThatIsNoNode() throws MalformedDataException {
    byte[] raw = CID.toBytes();
    raw[1] = 0x55;
    Map<String, @Nullable Object> entry = entry(0, A0.value());
    entry.put("t", Cid.read(raw, 0, raw.length));
    assertRefused(node(entry), "found a link to raw bytes");
  }

  @Test
  void refusesMoreKeysThanAnyHonestNodeHas() throws MalformedDataException {
    List<Map<String, @Nullable Object>> entries = new ArrayList<>();
    for (int i = 1000; entries.size() <= RecordTree.MAX_ENTRIES; i++) {
      if (TreeKey.of("c/" + i).height() == 0) {
        String before = entries.isEmpty() ? "" : text(entries, entries.size() - 1);
        String key = "c/" + i;
        int shared = TreeKey.commonPrefix(before, key);
        Map<String, @Nullable Object> entry = entry(shared, key.substring(shared));
        entry.put("text", key);
        entries.add(entry);
      }
    }
    entries.forEach(entry -> entry.remove("text"));
    assertThat(NodeBlock.read(node(entries.subList(0, RecordTree.MAX_ENTRIES))).items())
        .hasSize(RecordTree.MAX_ENTRIES);
    assertRefused(node(entries), "a node of 1025 keys");
  }

  private static String text(List<Map<String, @Nullable Object>> entries, int index) {
    return String.valueOf(entries.get(index).get("text"));
  }

  @Test
  void refusesBytesAfterTheNodeAndWhateverIsCut() {
    byte[] good = node(entry(0, A0.value()), entry(0, B0.value()));
    for (int end = 0; end < good.length; end++) {
      byte[] cut = Arrays.copyOf(good, end);
      assertThatThrownBy(() -> NodeBlock.read(cut))
          .as("cut at %d", end)
          .isInstanceOf(MalformedDataException.class);
    }
    assertThatThrownBy(() -> NodeBlock.read(Arrays.copyOf(good, good.length + 1)))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TRAILING_BYTES));
  }

  /** What can be read is in its one form; what cannot is refused as it should be. */
  @Test
  void whateverIsReadIsWrittenTheSame() {
    Random random = new Random(11);
    byte[] good = node(entry(0, A0.value()), entry(0, B0.value()));
    int read = 0;
    for (int i = 0; i < 30_000; i++) {
      byte[] spoilt = good.clone();
      for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
        spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(NodeBlock.read(spoilt).write()).isEqualTo(spoilt);
        read++;
      } catch (MalformedDataException e) {
        assertThat(e.getMessage()).hasSizeLessThan(300);
      }
    }
    // The digests of links may be anything.
    assertThat(read).isGreaterThan(300);
  }

  private static Map<String, @Nullable Object> entry(long prefix, String suffix) {
    Map<String, @Nullable Object> entry = new HashMap<>();
    entry.put("k", Bytes.of(suffix.getBytes(StandardCharsets.ISO_8859_1)));
    entry.put("p", prefix);
    entry.put("t", null);
    entry.put("v", CID);
    return entry;
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  private static byte[] node(Map<String, @Nullable Object>... entries) {
    return node(Arrays.asList(entries));
  }

  private static byte[] node(List<Map<String, @Nullable Object>> entries) {
    Map<String, @Nullable Object> node = new HashMap<>();
    node.put("e", entries);
    node.put("l", null);
    return DagCborWriter.write(node);
  }

  private static void assertRefused(byte[] block, String message) {
    assertThatThrownBy(() -> NodeBlock.read(block))
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_TREE));
  }
}
