package courtside.atproto.mst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.car.BlockSource;
import courtside.atproto.car.CarArchive;
import courtside.atproto.car.CarWriter;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cid.Cid;
import courtside.atproto.mst.Inversion.Failed;
import courtside.atproto.mst.Inversion.Inverted;
import courtside.atproto.mst.Inversion.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CoveringProofTest {
  private static final List<TreeKey> KEYS = Keys.draw(8);

  private final List<Change> changes = new ArrayList<>();
  private RecordTree before = RecordTree.empty();
  private RecordTree after = RecordTree.empty();

  @Test
  void isEnoughToLookUpAndInvertEveryBatch() throws MalformedDataException {
    for (long seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      int size = random.nextInt(seed % 20 == 0 ? 600 : 80);
      // One batch in thirty is as large as a commit may be.
      drawBatch(random, size, seed % 30 == 0 ? 200 : 1 + random.nextInt(6));
      Map<Cid, Bytes> proof = CoveringProof.of(before, after, changes);

      RecordTree partial = RecordTree.load(in(proof), after.root());
      for (Change change : changes) {
        assertThat(partial.get(change.key())).as("seed %d", seed).isEqualTo(change.now());
      }
      assertThat(Inversion.of(in(proof), after.root(), changes))
          .as("seed %d", seed)
          .isEqualTo(new Inverted(before.root()));
      assertThat(proof).as("seed %d", seed).containsAllEntriesOf(after.blocksSince(before));
    }
  }

  /** All pairs of trees over seven keys, of heights 0 to 3. */
  @Test
  void isEnoughBetweenAnyTwoSmallTrees() throws MalformedDataException {
    List<int[]> shapes = List.of(new int[] {0, 1, 2, 0, 2, 1, 0}, new int[] {2, 0, 1, 0, 0, 1, 3});
    int cases = 0;
    for (int[] shape : shapes) {
      List<TreeKey> keys = new ArrayList<>();
      for (int i = 0; i < shape.length; i++) {
        keys.add(Keys.mined((char) ('A' + i), shape[i]));
      }
      List<RecordTree> trees = new ArrayList<>();
      for (int set = 0; set < 128; set++) {
        RecordTree tree = RecordTree.empty();
        for (int i = 0; i < 7; i++) {
          tree = (set >> i & 1) == 1 ? tree.with(keys.get(i), Keys.cid(i)) : tree;
        }
        trees.add(tree);
      }
      for (int from = 0; from < 128; from++) {
        for (int to = 0; to < 128; to++) {
          List<Change> between = new ArrayList<>();
          for (int i = 0; i < 7; i++) {
            if (((from ^ to) >> i & 1) == 1) {
              between.add(
                  (to >> i & 1) == 1
                      ? Change.created(keys.get(i), Keys.cid(i))
                      : Change.deleted(keys.get(i), Keys.cid(i)));
            }
          }
          RecordTree last = trees.get(to);
          Map<Cid, Bytes> proof = CoveringProof.of(trees.get(from), last, between);
          assertThat(Inversion.of(in(proof), last.root(), between))
              .as("from %d to %d", from, to)
              .isEqualTo(new Inverted(trees.get(from).root()));
          cases++;
        }
      }
    }
    assertThat(cases).isEqualTo(2 * 128 * 128);
  }

  @Test
  void madeForOneOrderIsInvertedInThatOrder() throws MalformedDataException {
    int onlyDeletesFirst = 0;
    for (long seed = 0; seed < 1000; seed++) {
      // Given: no node more than undoing the changes in one order opens.
      drawBatch(new Random(seed), 40, 6);
      for (Undo order : Undo.values()) {
        Set<Cid> opened = new HashSet<>();
        for (boolean missing = true; missing; ) {
          try {
            order.in(after.only(opened), changes);
            missing = false;
          } catch (MissingNodeException e) {
            assertThat(opened.add(e.cid())).as("seed %d", seed).isTrue();
          }
        }

        // When
        RecordTree partial = after.only(opened);
        Inversion inversion = Inversion.of(partial, changes);

        // Then
        assertThat(inversion).as("seed %d", seed).isEqualTo(new Inverted(before.root()));
        try {
          Undo.REVERSE_PATHS.in(partial, changes);
        } catch (MissingNodeException e) {
          onlyDeletesFirst++;
        }
      }
    }
    assertThat(onlyDeletesFirst).isPositive();
  }

  @Test
  void withoutOneOfItsBlocksNeverGivesAnotherRoot() throws MalformedDataException {
    int partial = 0;
    for (long seed = 0; seed < 100; seed++) {
      drawBatch(new Random(seed), 100, 4);
      Map<Cid, Bytes> proof = CoveringProof.of(before, after, changes);
      for (Cid node : proof.keySet()) {
        Map<Cid, Bytes> less = new HashMap<>(proof);
        less.remove(node);
        Inversion inversion = Inversion.of(in(less), after.root(), changes);
        if (inversion instanceof Failed failed) {
          assertThat(failed.reason()).as("seed %d", seed).isEqualTo(Reason.PARTIAL_TREE);
          partial++;
        } else {
          assertThat(inversion).as("seed %d", seed).isEqualTo(new Inverted(before.root()));
        }
      }
    }
    assertThat(partial).isGreaterThan(500);
  }

  @Test
  void isNoneAfterAnyOfItsBlocksWasTouched() throws MalformedDataException {
    for (long seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      drawBatch(random, 100, 4);
      Map<Cid, Bytes> proof = CoveringProof.of(before, after, changes);
      for (Map.Entry<Cid, Bytes> node : proof.entrySet()) {
        byte[] spoilt = node.getValue().toArray();
        spoilt[random.nextInt(spoilt.length)] ^= (byte) (1 << random.nextInt(8));
        Map<Cid, Bytes> blocks = new HashMap<>(proof);
        blocks.put(node.getKey(), Bytes.of(spoilt));
        byte[] car = CarWriter.write(after.root(), blocks);
        CarArchive archive = CarArchive.read(car, new Range(0, car.length));
        assertThat(Inversion.of(archive, after.root(), changes))
            .as("seed %d", seed)
            .isInstanceOfSatisfying(
                Failed.class, failed -> assertThat(failed.reason()).isEqualTo(Reason.BAD_TREE));
      }
    }
  }

  @Test
  void showsWhatTheChangesLeaveOutOrMakeUp() throws MalformedDataException {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      drawBatch(random, 60, 5);
      Map<Cid, Bytes> proof = CoveringProof.of(before, after, changes);
      Inverted truth = new Inverted(before.root());

      for (int i = 0; i < changes.size(); i++) {
        Change change = changes.get(i);
        List<Change> fewer = new ArrayList<>(changes);
        fewer.remove(i);
        assertThat(Inversion.of(in(proof), after.root(), fewer))
            .as("seed %d", seed)
            .isNotEqualTo(truth);

        if (change.before().isPresent()) {
          Change lie = new Change(change.key(), Optional.of(Keys.cid(-7)), change.now());
          List<Change> others = new ArrayList<>(changes);
          others.set(i, lie);
          assertThat(Inversion.of(in(proof), after.root(), others))
              .as("seed %d", seed)
              .isInstanceOf(Inverted.class)
              .isNotEqualTo(truth);
        }

        Change lie = new Change(change.key(), change.before(), Optional.of(Keys.cid(-7)));
        List<Change> others = new ArrayList<>(changes);
        others.set(i, lie);
        assertFailed(others, change.now().isPresent() ? Reason.WRONG_VALUE : Reason.KEY_ABSENT);

        if (change.now().isPresent() && change.before().isPresent()) {
          others.set(i, Change.deleted(change.key(), change.before().get()));
          assertFailed(others, Reason.KEY_PRESENT);
        }
        others.set(i, new Change(change.key(), Optional.empty(), Optional.empty()));
        assertFailed(others, Reason.MISSING_PREVIOUS);

        others.set(i, change);
        others.add(change);
        assertFailed(others, Reason.DUPLICATE_PATH);
      }
      List<Change> more = new ArrayList<>(changes);
      more.add(Change.created(TreeKey.of("made.up/x"), Keys.cid(0)));
      assertFailed(more, Reason.KEY_ABSENT);
    }
  }

  @Test
  void isRefusedForChangesThatDoNotLeadThere() throws MalformedDataException {
    drawBatch(new Random(1), 60, 5);
    assertThatThrownBy(() -> CoveringProof.of(before, after, changes.subList(1, 5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("do not lead from " + before.root());
    assertThatThrownBy(() -> CoveringProof.of(before, after, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ofNoChangeIsTheRoot() throws MalformedDataException {
    assertThat(CoveringProof.of(RecordTree.empty(), RecordTree.empty(), List.of()))
        .containsOnlyKeys(RecordTree.empty().root());
    drawBatch(new Random(1), 60, 1);
    assertThat(CoveringProof.of(after, after, List.of())).containsOnlyKeys(after.root());
    assertThat(Inversion.of(_ -> Optional.empty(), after.root(), List.of()))
        .isEqualTo(new Inverted(after.root()));
  }

  @Test
  void ofAPartialTreeNeedsWhatIsMissing() throws MalformedDataException {
    drawBatch(new Random(2), 200, 3);
    Map<Cid, Bytes> proof = CoveringProof.of(before, after, changes);
    RecordTree partial = RecordTree.load(in(proof), after.root());
    assertThat(partial.isComplete()).isFalse();
    assertThat(CoveringProof.of(before, partial, changes)).isEqualTo(proof);
    Map<Cid, Bytes> rootOnly = Map.of(after.root(), partial.blocks().values().iterator().next());
    RecordTree root = RecordTree.load(in(rootOnly), after.root());
    assertThatThrownBy(() -> CoveringProof.of(before, root, changes))
        .isInstanceOf(MalformedDataException.class)
        .hasMessageContaining("no node ");
  }

  private void assertFailed(List<Change> others, Reason reason) {
    // In the whole tree, where nothing hides the reason.
    assertThat(Inversion.of(after, others))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.reason()).isEqualTo(reason));
  }

  /** A tree, changes of different keys, and the tree after them. */
  private void drawBatch(Random random, int size, int count) throws MalformedDataException {
    List<TreeKey> keys = new ArrayList<>(KEYS);
    Collections.shuffle(keys, random);
    before = RecordTree.empty();
    for (TreeKey key : keys.subList(0, size)) {
      before = before.with(key, Keys.cid(random.nextInt(1000)));
    }
    // About half of the changes are of keys that are in the tree.
    List<TreeKey> touched =
        new ArrayList<>(keys.subList(Math.max(0, size - (count + 1) / 2), size));
    touched.addAll(keys.subList(size, size + count - touched.size()));
    Collections.shuffle(touched, random);
    changes.clear();
    after = before;
    for (TreeKey key : touched) {
      Optional<Cid> old = before.get(key);
      if (old.isEmpty()) {
        changes.add(Change.created(key, Keys.cid(5000)));
      } else if (random.nextBoolean()) {
        changes.add(Change.updated(key, old.get(), Keys.cid(6000)));
      } else {
        changes.add(Change.deleted(key, old.get()));
      }
      Optional<Cid> now = changes.getLast().now();
      after = now.isPresent() ? after.with(key, now.get()) : after.without(key);
    }
  }

  private static BlockSource in(Map<Cid, Bytes> blocks) {
    return cid -> Optional.ofNullable(blocks.get(cid));
  }
}
