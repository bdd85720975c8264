package courtside.atproto.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.SharedFiles;
import courtside.atproto.car.CarArchive;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.mst.RecordTree;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Tid;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CommitTest {
  private static final Did DID = new Did("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  private static final Tid REV = new Tid("3mptbypluud2a");
  private static final Cid DATA = RecordTree.empty().root();
  private static final SigningKey KEY = SigningKey.generate(Curve.K256, new Random(1));

  private final Map<String, @Nullable Object> fields = new HashMap<>();

  CommitTest() {
    fields.put("did", DID.value());
    fields.put("version", 3);
    fields.put("data", DATA);
    fields.put("rev", REV.value());
    fields.put("prev", null);
    fields.put("sig", Bytes.of(new byte[64]));
  }

  @Test
  void whatIsSignedReadsBackTheSame() throws MalformedDataException {
    for (Curve curve : Curve.values()) {
      SigningKey key = SigningKey.generate(curve, new Random(2));
      Commit commit = Commit.sign(DID, REV, DATA, key);
      Commit read = Commit.read(commit.block().toArray());
      assertThat(read).isEqualTo(commit);
      assertThat(read.did()).isEqualTo(DID);
      assertThat(read.rev()).isEqualTo(REV);
      assertThat(read.data()).isEqualTo(DATA);
      assertThat(read.prev()).isEmpty();
      assertThat(read.cid())
          .isEqualTo(Cid.ofDagCbor(read.block().toArray(), 0, read.block().length()));
      assertThat(read.isSignedBy(key.verifyingKey())).isTrue();
      assertThat(read.isSignedBy(KEY.verifyingKey())).isFalse();
    }
  }

  @Test
  void whatIsSignedIsAllButTheSignature() throws MalformedDataException {
    // Around the lengths where the head of the map takes a byte more.
    for (int more : new int[] {0, 1, 16, 17, 18, 19, 249, 250, 251, 252}) {
      Map<String, @Nullable Object> all = new HashMap<>(fields);
      for (int i = 0; i < more; i++) {
        // Shorter than sig, and longer: before and after it.
        all.put(i % 2 == 0 ? "" + (char) ('a' + i % 26) + i / 26 % 10 : "field " + i, i);
      }
      Commit commit = Commit.read(DagCborWriter.write(all));
      all.remove("sig");
      assertThat(commit.unsignedBytes()).as("%d more", more).isEqualTo(DagCborWriter.write(all));
    }
  }

  @Test
  void aFieldThatIsNotKnownIsSignedToo() throws MalformedDataException {
    fields.put("more", List.of("of", "this"));
    fields.remove("sig");
    byte[] signature = KEY.sign(DagCborWriter.write(fields));
    fields.put("sig", Bytes.of(signature));
    assertThat(Commit.read(DagCborWriter.write(fields)).isSignedBy(KEY.verifyingKey())).isTrue();
    fields.put("more", List.of("of", "that"));
    assertThat(Commit.read(DagCborWriter.write(fields)).isSignedBy(KEY.verifyingKey())).isFalse();
  }

  @Test
  void noBitOfItCanBeChanged() {
    byte[] block = Commit.sign(DID, REV, DATA, KEY).block().toArray();
    int read = 0;
    for (int bit = 0; bit < block.length * 8; bit++) {
      byte[] spoilt = block.clone();
      spoilt[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        assertThat(Commit.read(spoilt).isSignedBy(KEY.verifyingKey())).as("bit %d", bit).isFalse();
        read++;
      } catch (MalformedDataException e) {
        assertThat(e.getMessage()).hasSizeLessThan(200);
      }
    }
    assertThat(read).isGreaterThan(500);
  }

  @Test
  void keepsThePreviousCommitOfOldOnes() throws MalformedDataException {
    fields.put("prev", DATA);
    assertThat(Commit.read(DagCborWriter.write(fields)).prev()).hasValue(DATA);
  }

  @Test
  void refusesWhatLacksAField() {
    for (String field : List.of("did", "data", "rev", "prev", "sig")) {
      Map<String, @Nullable Object> fewer = new HashMap<>(fields);
      fewer.remove(field);
      assertRefused(fewer, Kind.BAD_COMMIT, "no " + field);
    }
    fields.remove("version");
    assertRefused(fields, Kind.BAD_COMMIT, "expected a commit of version 3, found 0");
  }

  @Test
  void refusesOtherVersions() {
    for (long version : new long[] {-1, 1, 2, 4, Long.MAX_VALUE}) {
      fields.put("version", version);
      assertRefused(fields, Kind.BAD_COMMIT, "found " + version);
    }
  }

  @Test
  void refusesFieldsThatAreNotWhatTheyShouldBe() throws MalformedDataException {
    assertRefused(with("sig", Bytes.of(new byte[63])), Kind.BAD_COMMIT, "found 63");
    assertRefused(with("sig", Bytes.of(new byte[72])), Kind.BAD_COMMIT, "found 72");
    assertRefused(with("sig", null), Kind.WRONG_TYPE, "BYTES");
    assertRefused(with("did", "did:plc"), Kind.BAD_IDENTIFIER, "a DID");
    assertRefused(with("rev", "now"), Kind.BAD_IDENTIFIER, "a TID");
    assertRefused(with("data", null), Kind.WRONG_TYPE, "LINK");
    byte[] raw = DATA.toBytes();
    raw[1] = 0x55;
    Cid rawBytes = Cid.read(raw, 0, raw.length);
    assertRefused(with("data", rawBytes), Kind.BAD_COMMIT, "as data, found a link to raw bytes");
    assertRefused(with("prev", rawBytes), Kind.BAD_COMMIT, "as prev, found a link to raw bytes");
    assertRefused(with("more", "x".repeat(10_000)), Kind.TOO_LARGE, "more than 10000");
  }

  private Map<String, @Nullable Object> with(String field, @Nullable Object value) {
    Map<String, @Nullable Object> others = new HashMap<>(fields);
    others.put(field, value);
    return others;
  }

  @Test
  void refusesWhateverIsCutOrGoesOn() {
    byte[] block = DagCborWriter.write(fields);
    for (int end = 0; end < block.length; end++) {
      byte[] cut = Arrays.copyOf(block, end);
      assertThatThrownBy(() -> Commit.read(cut)).isInstanceOf(MalformedDataException.class);
    }
    assertThatThrownBy(() -> Commit.read(Arrays.copyOf(block, block.length + 1)))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TRAILING_BYTES));
  }

  @Test
  void readsThoseOfRealRepositories() throws IOException, MalformedDataException {
    for (String car :
        List.of(
            "repo-stream/car-samples/empty.car",
            "repo-stream/car-samples/tiny.car",
            "repo-stream/car-samples/little.car",
            "jetstream/internal/corpus/testdata/repo.car",
            "arroba/arroba/tests/snarfed2.car",
            "rsky/rsky-repo/resources/test/valid_repo.car",
            "skyfall/spec/fixtures/attie.car")) {
      assertThat(Commit.read(root(car)).prev()).as(car).isEqualTo(Optional.empty());
    }
    assertThat(Commit.read(root("indigo/testing/testdata/greenground.repo.car")).prev())
        .isPresent();
  }

  @Test
  void refusesThoseOfTheVersionBefore() throws IOException {
    for (String car : List.of("fakermaker.repo.car", "paul_staging.repo.car")) {
      byte[] block = rootOrFail("indigo/testing/testdata/" + car);
      assertThatThrownBy(() -> Commit.read(block))
          .hasMessageContaining("expected a commit of version 3, found 2")
          .isInstanceOfSatisfying(
              MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_COMMIT));
    }
  }

  private static byte[] rootOrFail(String name) throws IOException {
    try {
      return root(name);
    } catch (MalformedDataException e) {
      throw new AssertionError(name, e);
    }
  }

  private static byte[] root(String name) throws IOException, MalformedDataException {
    byte[] car = SharedFiles.bytes("vectors/" + name);
    CarArchive archive = CarArchive.read(car, new Range(0, car.length));
    return archive.find(archive.roots().getFirst()).orElseThrow().toArray();
  }

  private static void assertRefused(
      Map<String, @Nullable Object> commit, Kind kind, String message) {
    byte[] block = DagCborWriter.write(commit);
    assertThatThrownBy(() -> Commit.read(block))
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
