package courtside.atproto.mst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.SharedFiles;
import courtside.atproto.car.BlockSource;
import courtside.atproto.car.CarArchive;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cid.Cid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class RecordTreeTest {
  private static final List<TreeKey> KEYS = Keys.draw(4);

  @Test
  void ofNothingIsTheTreeThatEveryoneKnows() {
    assertThat(RecordTree.empty().root())
        .hasToString("bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm");
    assertThat(RecordTree.empty().isComplete()).isTrue();
    assertThat(RecordTree.empty().blocks()).containsOnlyKeys(RecordTree.empty().root());
  }

  @Test
  void hasTheSameRootWhateverTheOrder() throws MalformedDataException {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      Map<TreeKey, Cid> records = drawRecords(random, random.nextInt(seed % 10 == 0 ? 1000 : 60));
      List<Map.Entry<TreeKey, Cid>> order = new ArrayList<>(records.entrySet());
      Cid expected = BruteForce.root(records);
      for (int i = 0; i < 3; i++) {
        Collections.shuffle(order, random);
        RecordTree tree = RecordTree.empty();
        for (Map.Entry<TreeKey, Cid> record : order) {
          tree = tree.with(record.getKey(), record.getValue());
        }
        assertThat(tree.root()).as("seed %d", seed).isEqualTo(expected);
        assertThat(tree.records()).as("seed %d", seed).isEqualTo(new TreeMap<>(records));
      }
    }
  }

  @Test
  void isAfterEveryChangeWhatItsRecordsSay() throws MalformedDataException {
    for (long seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      Map<TreeKey, Cid> records = new HashMap<>();
      RecordTree tree = RecordTree.empty();
      for (int i = 0; i < 150; i++) {
        TreeKey key = KEYS.get(random.nextInt(KEYS.size()));
        if (!records.isEmpty() && random.nextInt(5) < (i < 75 ? 1 : 4)) {
          key = List.copyOf(records.keySet()).get(random.nextInt(records.size()));
          if (random.nextBoolean()) {
            records.remove(key);
            tree = tree.without(key);
          } else {
            records.put(key, Keys.cid(i));
            tree = tree.with(key, Keys.cid(i));
          }
        } else {
          records.put(key, Keys.cid(i));
          tree = tree.with(key, Keys.cid(i));
        }
        assertThat(tree.root())
            .as("seed %d, change %d", seed, i)
            .isEqualTo(BruteForce.root(records));
        assertThat(tree.get(key)).isEqualTo(Optional.ofNullable(records.get(key)));
      }
    }
  }

  @Test
  void withoutWhatCameInIsTheTreeBefore() throws MalformedDataException {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      RecordTree before = tree(drawRecords(random, random.nextInt(80)));
      Cid root = before.root();
      Map<TreeKey, Cid> more = drawRecords(random, 20);
      more.keySet().removeAll(before.records().keySet());
      RecordTree tree = before;
      for (Map.Entry<TreeKey, Cid> record : more.entrySet()) {
        tree = tree.with(record.getKey(), record.getValue());
      }
      List<TreeKey> order = new ArrayList<>(more.keySet());
      Collections.shuffle(order, random);
      for (TreeKey key : order) {
        tree = tree.without(key);
      }
      assertThat(tree.root()).as("seed %d", seed).isEqualTo(root);
      assertThat(before.root()).as("seed %d", seed).isEqualTo(root);
    }
  }

  @Test
  void withoutAKeyThatIsNotInItIsTheSame() throws MalformedDataException {
    RecordTree tree = tree(drawRecords(new Random(1), 50));
    for (TreeKey key : KEYS) {
      if (tree.get(key).isEmpty()) {
        assertThat(tree.without(key)).isSameAs(tree);
      }
    }
    assertThat(RecordTree.empty().without(KEYS.getFirst()).root())
        .isEqualTo(RecordTree.empty().root());
  }

  @Test
  void loadsFromItsBlocks() throws MalformedDataException {
    for (long seed = 0; seed < 200; seed++) {
      Map<TreeKey, Cid> records = drawRecords(new Random(seed), (int) seed * 2);
      RecordTree tree = tree(records);
      Map<Cid, Bytes> blocks = tree.blocks();
      RecordTree loaded = RecordTree.load(in(blocks), tree.root());
      assertThat(loaded.root()).as("seed %d", seed).isEqualTo(tree.root());
      assertThat(loaded.records()).as("seed %d", seed).isEqualTo(tree.records());
      assertThat(loaded.blocks()).as("seed %d", seed).isEqualTo(blocks);
      assertThat(loaded.isComplete()).isTrue();
    }
  }

  @Test
  void writesWhatIsNewAndNothingElse() throws MalformedDataException {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      RecordTree before = tree(drawRecords(random, random.nextInt(200)));
      RecordTree after = before;
      for (int i = random.nextInt(10); i >= 0; i--) {
        TreeKey key = KEYS.get(random.nextInt(KEYS.size()));
        after = random.nextInt(3) == 0 ? after.without(key) : after.with(key, Keys.cid(i));
      }
      Map<Cid, Bytes> expected = new HashMap<>(after.blocks());
      expected.keySet().removeAll(before.blocks().keySet());
      assertThat(after.blocksSince(before)).as("seed %d", seed).isEqualTo(expected);
      assertThat(after.blocksSince(after)).isEmpty();
    }
  }

  @Test
  void ofWhichNodesAreMissingShowsTheRest() throws MalformedDataException {
    Map<TreeKey, Cid> records = drawRecords(new Random(7), 120);
    RecordTree tree = tree(records);
    for (Cid missing : tree.blocks().keySet()) {
      Map<Cid, Bytes> blocks = tree.blocks();
      blocks.remove(missing);
      if (missing.equals(tree.root())) {
        assertKind(Kind.MISSING_BLOCK, () -> RecordTree.load(in(blocks), tree.root()));
        continue;
      }
      RecordTree partial = RecordTree.load(in(blocks), tree.root());
      assertThat(partial.isComplete()).isFalse();
      assertThat(partial.root()).isEqualTo(tree.root());
      assertKind(Kind.MISSING_BLOCK, partial::records);
      Map<TreeKey, Cid> seen = new HashMap<>();
      List<Cid> stubs = new ArrayList<>();
      partial.walk(
          new RecordTree.Visitor() {
            @Override
            public void record(TreeKey key, Cid record) {
              seen.put(key, record);
            }

            @Override
            public void missing(Cid subtree) {
              stubs.add(subtree);
            }
          });
      assertThat(stubs).containsExactly(missing);
      int hidden = 0;
      for (Map.Entry<TreeKey, Cid> record : records.entrySet()) {
        TreeKey key = record.getKey();
        if (seen.containsKey(key)) {
          assertThat(partial.get(key)).hasValue(record.getValue());
          assertThat(partial.with(key, Keys.cid(-1)).root())
              .isEqualTo(tree.with(key, Keys.cid(-1)).root());
        } else {
          hidden++;
          assertKind(Kind.MISSING_BLOCK, () -> partial.get(key));
          assertKind(Kind.MISSING_BLOCK, () -> partial.with(key, Keys.cid(-1)));
          assertKind(Kind.MISSING_BLOCK, () -> partial.without(key));
        }
      }
      assertThat(hidden).isPositive();
      assertThat(seen.size() + hidden).isEqualTo(records.size());
    }
  }

  @Test
  void readsAndRebuildsRealRepositories() throws IOException, MalformedDataException {
    assertRepository("repo-stream/car-samples/empty.car", 0);
    assertRepository("repo-stream/car-samples/tiny.car", 8);
    assertRepository("repo-stream/car-samples/little.car", 278);
    assertRepository("jetstream/internal/corpus/testdata/repo.car", 23);
    assertRepository("arroba/arroba/tests/snarfed2.car", -1);
    assertRepository("rsky/rsky-repo/resources/test/valid_repo.car", -1);
    assertRepository("indigo/testing/testdata/greenground.repo.car", -1);
  }

  private static RecordTree assertRepository(String name, int records)
      throws IOException, MalformedDataException {
    byte[] car = SharedFiles.bytes("vectors/" + name);
    CarArchive archive = CarArchive.read(car, new Range(0, car.length));
    Cid root = data(archive);
    RecordTree tree = RecordTree.load(archive, root);
    Map<TreeKey, Cid> all = tree.records();
    if (records >= 0) {
      assertThat(all).as(name).hasSize(records);
    } else {
      assertThat(all).as(name).isNotEmpty();
    }
    for (Cid record : all.values()) {
      assertThat(archive.find(record)).as(name).isPresent();
    }
    assertThat(BruteForce.root(all)).as(name).isEqualTo(root);
    RecordTree rebuilt = tree(all);
    assertThat(rebuilt.root()).as(name).isEqualTo(root);
    for (Map.Entry<Cid, Bytes> block : rebuilt.blocks().entrySet()) {
      assertThat(archive.find(block.getKey())).as(name).hasValue(block.getValue());
    }
    return tree;
  }

  @Test
  void hasTheRecordsThatAnotherImplementationFinds() throws IOException, MalformedDataException {
    String corpus = "jetstream/internal/corpus/testdata/";
    RecordTree tree = assertRepository(corpus + "repo.car", 23);
    Map<TreeKey, Cid> expected = new TreeMap<>();
    for (String line :
        new String(
                SharedFiles.bytes("vectors/" + corpus + "car_expected_records.tsv"),
                StandardCharsets.UTF_8)
            .lines()
            .toList()) {
      String[] record = line.split("\t", -1);
      expected.put(TreeKey.of(record[0]), Cid.parse(record[1]));
    }
    assertThat(tree.records()).isEqualTo(expected);
  }

  @Test
  void readsAProofOfOneRecord() throws IOException, MalformedDataException {
    byte[] car = SharedFiles.bytes("vectors/skyfall/spec/fixtures/attie.car");
    CarArchive archive = CarArchive.read(car, new Range(0, car.length));
    RecordTree tree = RecordTree.load(archive, data(archive));
    assertThat(tree.isComplete()).isFalse();
    List<TreeKey> held = new ArrayList<>();
    List<Cid> missing = new ArrayList<>();
    tree.walk(
        new RecordTree.Visitor() {
          @Override
          public void record(TreeKey key, Cid record) {
            try {
              if (archive.find(record).isPresent()) {
                held.add(key);
              }
            } catch (MalformedDataException e) {
              throw new AssertionError(e);
            }
          }

          @Override
          public void missing(Cid subtree) {
            missing.add(subtree);
          }
        });
    assertThat(held).hasSize(1);
    assertThat(missing).hasSize(2);
    assertThat(tree.root()).isEqualTo(data(archive));
  }

  private static Cid data(CarArchive archive) throws MalformedDataException {
    byte[] commit = archive.find(archive.roots().getFirst()).orElseThrow().toArray();
    DagCborReader reader = new DagCborReader(commit);
    int entries = reader.readMap();
    DagCborReader.Keys keys = reader.keys();
    for (int i = 0; i < entries; i++) {
      if (keys.next().equals("data")) {
        return reader.readLink();
      }
      reader.skip();
    }
    throw new AssertionError("no data");
  }

  private static RecordTree tree(Map<TreeKey, Cid> records) throws MalformedDataException {
    RecordTree tree = RecordTree.empty();
    for (Map.Entry<TreeKey, Cid> record : records.entrySet()) {
      tree = tree.with(record.getKey(), record.getValue());
    }
    return tree;
  }

  private static Map<TreeKey, Cid> drawRecords(Random random, int count) {
    List<TreeKey> keys = new ArrayList<>(KEYS);
    Collections.shuffle(keys, random);
    Map<TreeKey, Cid> records = new HashMap<>();
    keys.subList(0, count).forEach(key -> records.put(key, Keys.cid(random.nextInt(1000))));
    return records;
  }

  private static BlockSource in(Map<Cid, Bytes> blocks) {
    return cid -> Optional.ofNullable(blocks.get(cid));
  }

  private static void assertKind(
      Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
