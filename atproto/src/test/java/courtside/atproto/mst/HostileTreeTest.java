package courtside.atproto.mst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cid.Cid;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Blocks that hash to their CIDs, and together are no tree. */
final class HostileTreeTest {
  private static final TreeKey HIGHEST = TreeKey.of("app.bsky.feed.post/9adeb165882c");

  private final Map<Cid, Bytes> blocks = new HashMap<>();

  @Test
  void refusesARootWithoutKeysOverAnotherNode() {
    Cid leaf = node(null, item(Keys.mined('A', 0), null));
    assertRefused(node(leaf), "a root without keys");
  }

  @Test
  void refusesAnEmptyNodeInside() {
    Cid empty = node(null);
    assertRefused(node(null, item(Keys.mined('A', 1), empty)), "an empty node inside");
  }

  @Test
  void refusesAChainThatEndsInAnEmptyNode() {
    assertRefused(node(node(node(null)), item(Keys.mined('A', 2), null)), "an empty node inside");
  }

  @Test
  void refusesALevelLeftOut() {
    Cid leaf = node(null, item(Keys.mined('A', 0), null));
    assertRefused(node(leaf, item(Keys.mined('B', 2), null)), "expected keys of height 1, found 0");
  }

  @Test
  void refusesALevelTooMany() {
    Cid leaf = node(null, item(Keys.mined('A', 0), null));
    assertRefused(
        node(node(leaf), item(Keys.mined('B', 1), null)), "a node of height 0 over another");
  }

  @Test
  void refusesAChildAsHighAsItsParent() {
    Cid child = node(null, item(Keys.mined('A', 1), null));
    assertRefused(
        node(child, item(Keys.mined('B', 1), null)), "expected keys of height 0, found 1");
  }

  @Test
  void refusesNodesBelowTheLeaves() {
    Cid child = node(null, item(Keys.mined('A', 0), null));
    assertRefused(node(child, item(Keys.mined('B', 0), null)), "a node of height 0 over another");
    // Even one that is not there.
    assertRefused(node(Keys.cid(1), item(Keys.mined('B', 0), null)), "a node of height 0 over");
  }

  @Test
  void refusesKeysThatAreNotBetweenThoseAround() {
    Cid a = node(null, item(Keys.mined('A', 0), null));
    Cid c = node(null, item(Keys.mined('C', 0), null));
    TreeKey b1 = Keys.mined('B', 1);
    assertRefused(node(c, item(b1, null)), "beyond those");
    assertRefused(node(null, item(b1, a)), "beyond those");
    // Two levels further down, below a node without keys.
    assertRefused(node(node(c), item(Keys.mined('B', 2), null)), "beyond those");
    assertRefused(node(null, item(Keys.mined('B', 2), node(a))), "beyond those");
    // The same subtree twice.
    assertRefused(node(a, item(b1, a)), "beyond those");
  }

  @Test
  void followsNoChainDeeperThanItsKeysAreHigh() throws MalformedDataException {
    // Given: nodes without keys, one below another, under a key of height 8.
    assertThat(HIGHEST.height()).isEqualTo(8);
    Cid bottom = node(null, item(Keys.mined('A', 0), null));
    Cid good = bottom;
    for (int i = 1; i < 8; i++) {
      good = node(good);
    }
    Cid root = node(good, item(HIGHEST, null));
    assertThat(RecordTree.load(this::find, root).records()).hasSize(2);
    assertRefused(node(node(good), item(HIGHEST, null)), "a node of height 0 over another");
    Cid endless = bottom;
    for (int i = 0; i < 100_000; i++) {
      endless = node(endless);
    }
    assertRefused(node(endless, item(HIGHEST, null)), "a node of height 0 over another");
  }

  @Test
  void comesToAnEndEvenInASourceThatGoesRound() {
    Cid any = Keys.cid(1);
    byte[] loop = new NodeBlock(any, List.of()).write();
    Cid root = node(any, item(HIGHEST, any));
    assertThatThrownBy(() ->
            RecordTree.load(
                cid -> cid.equals(root) ? find(cid) : Optional.of(Bytes.of(loop)), root))
        .hasMessageContaining("a node of height 0 over another");
  }

  @Test
  void sharesWhatIsMissingOftenWithoutGrowingByIt() throws MalformedDataException {
    // Given: many keys of height 3, each over the same chain of two nodes that ends in nothing.
    Cid chain = node(node(Keys.cid(1)));
    NodeBlock.Item[] items =
        Keys.draw(5).stream()
            .filter(key -> key.height() == 3)
            .sorted()
            .map(key -> item(key, chain))
            .toArray(NodeBlock.Item[]::new);
    Cid root = node(chain, items);

    // When
    int[] lookups = new int[1];
    RecordTree tree =
        RecordTree.load(
            cid -> {
              lookups[0]++;
              return find(cid);
            },
            root);

    // Then
    assertThat(lookups[0]).isEqualTo(1 + 3 * (items.length + 1));
    assertThat(tree.root()).isEqualTo(root);
    assertThat(tree.isComplete()).isFalse();
  }

  @Test
  void isNoTreeWithoutABlockThatIsOne() {
    byte[] text = {0x61, 'a'};
    Cid cid = Cid.ofDagCbor(text, 0, text.length);
    blocks.put(cid, Bytes.of(text));
    assertThatThrownBy(() -> RecordTree.load(this::find, cid))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.WRONG_TYPE));
    assertThat(Inversion.of(this::find, cid, List.of(Change.created(HIGHEST, cid))))
        .isInstanceOfSatisfying(
            Inversion.Failed.class,
            failed -> assertThat(failed.reason()).isEqualTo(Inversion.Reason.BAD_TREE));
  }

  private Optional<Bytes> find(Cid cid) {
    return Optional.ofNullable(blocks.get(cid));
  }

  private static NodeBlock.Item item(TreeKey key, @Nullable Cid right) {
    return new NodeBlock.Item(key, Keys.cid(0), right);
  }

  private Cid node(@Nullable Cid left, NodeBlock.Item... items) {
    byte[] block = new NodeBlock(left, List.of(items)).write();
    Cid cid = Cid.ofDagCbor(block, 0, block.length);
    blocks.put(cid, Bytes.of(block));
    return cid;
  }

  private void assertRefused(Cid root, String message) {
    assertThatThrownBy(() -> RecordTree.load(this::find, root))
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_TREE));
  }
}
