package courtside.atproto.car;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.SharedFiles;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class CarArchiveTest {
  private static final byte[] BLOCK = DagCborWriter.write(Map.of("a", 1));
  private static final Cid ROOT = Cid.ofDagCbor(BLOCK, 0, BLOCK.length);

  @Test
  void findsItsBlocksByHash() throws IOException, MalformedDataException {
    byte[] car = archive(header(1, List.of(ROOT)), block(ROOT, BLOCK), block(ROOT, BLOCK));
    CarArchive archive = read(car);
    assertThat(archive.roots()).containsExactly(ROOT);
    assertThat(archive.size()).isEqualTo(2);
    assertThat(archive.cid(1)).isEqualTo(ROOT);
    assertThat(archive.verifiedBlock(ROOT).of(car).toArray()).isEqualTo(BLOCK);
  }

  @Test
  void readsARealRepository() throws IOException, MalformedDataException {
    String corpus = "vectors/jetstream/internal/corpus/testdata/";
    byte[] car = SharedFiles.bytes(corpus + "repo.car");
    CarArchive archive = read(car);
    assertThat(archive.size()).isEqualTo(29);
    Range root = archive.verifiedBlock(archive.roots().getFirst());
    assertThat(text(corpus + "car_expected_commit.txt"))
        .contains("Data CID: " + link(car, root, "data") + "\n");
    List<String> records = text(corpus + "car_expected_records.tsv").lines().toList();
    assertThat(records).hasSize(23);
    for (String record : records) {
      assertThat(archive.verifiedBlock(Cid.parse(record.split("\t", -1)[1])).length()).isPositive();
    }
  }

  @Test
  void readsTheArchivesOfTheReferenceImplementation() throws IOException, MalformedDataException {
    JsonNode fixtures =
        JsonMapper.builder()
            .build()
            .readTree(
                SharedFiles.bytes("vectors/atproto/packages/repo/tests/car-file-fixtures.json"));
    assertThat(fixtures).isNotEmpty();
    for (JsonNode fixture : fixtures) {
      byte[] car = base64(fixture.path("car"));
      CarArchive archive = read(car);
      assertThat(archive.roots()).containsExactly(Cid.parse(fixture.path("root").asText()));
      assertThat(archive.size()).isEqualTo(fixture.path("blocks").size()).isPositive();
      for (JsonNode block : fixture.path("blocks")) {
        Cid cid = Cid.parse(block.path("cid").asText());
        byte[] bytes = base64(block.path("bytes"));
        assertThat(archive.verifiedBlock(cid).of(car)).isEqualTo(Bytes.of(bytes));
        assertThat(archive.find(cid)).hasValue(Bytes.of(bytes));
        DagCborReader.validate(bytes, 0, bytes.length);
      }
    }
  }

  private static byte[] base64(JsonNode text) {
    return Base64.getDecoder().decode(text.asText());
  }

  @Test
  void refusesWhatIsNoArchive() throws IOException {
    byte[] good = archive(header(1, List.of(ROOT)), block(ROOT, BLOCK));
    assertRefused(new byte[0], Kind.BAD_CAR);
    assertRefused(new byte[] {0}, Kind.BAD_CAR);
    assertRefused(Arrays.copyOf(good, good.length - 1), Kind.BAD_CAR);
    assertRefused(archive(header(2, List.of(ROOT))), Kind.BAD_CAR);
    assertRefused(archive(header(1, List.of())), Kind.BAD_CAR);
    assertRefused(archive(header(1, List.of(ROOT)), new byte[35]), Kind.BAD_CAR);
    // A length of more than five bytes, and one that is longer than it need be.
    assertRefused(
        new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 1},
        Kind.BAD_CAR);
    assertRefused(new byte[] {(byte) 0x81, 0, 0}, Kind.BAD_CAR);
  }

  @Test
  void refusesABlockThatIsNotThereOrNotWhatItsCidSays() throws IOException, MalformedDataException {
    byte[] other = DagCborWriter.write(Map.of("a", 2));
    byte[] car = archive(header(1, List.of(ROOT)), block(ROOT, other));
    assertThatThrownBy(() -> read(car).verifiedBlock(ROOT))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.HASH_MISMATCH));
    assertThatThrownBy(() -> read(car).verifiedBlock(Cid.ofDagCbor(other, 0, other.length)))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MISSING_BLOCK));
  }

  @Test
  void refusesWhateverIsTruncatedInsideItsHeader() throws IOException {
    byte[] good = archive(header(1, List.of(ROOT)));
    for (int end = 0; end < good.length; end++) {
      byte[] cut = Arrays.copyOf(good, end);
      assertThatThrownBy(() -> read(cut))
          .as("cut at %d", end)
          .isInstanceOf(MalformedDataException.class);
    }
  }

  @Test
  void findsTheFirstBlockUnderEachCodecOfOneDigest() throws IOException, MalformedDataException {
    Cid raw = raw(ROOT);
    byte[] other = DagCborWriter.write(Map.of("a", 2));
    Cid near = Cid.read(withLastByte(ROOT.toBytes(), 0x5a), 0, Cid.LENGTH);
    CarArchive archive =
        read(
            archive(
                header(1, List.of(ROOT)),
                block(near, other),
                block(raw, BLOCK),
                block(ROOT, BLOCK),
                block(raw, other),
                block(ROOT, other)));
    assertThat(archive.number(near)).isZero();
    assertThat(archive.number(raw)).isEqualTo(1);
    assertThat(archive.number(ROOT)).isEqualTo(2);
    assertThat(archive.number(raw(near))).isNegative();
    assertThat(read(archive(header(1, List.of(ROOT)), block(raw, BLOCK))).number(ROOT))
        .isNegative();
  }

  @Test
  @Timeout(60)
  void manyBlocksOfOneDigestMakeNoSearchLonger() throws IOException, MalformedDataException {
    // Given as many sections as fit a commit, all with one digest, none with the CID that is sought
    byte[] section = archive(block(raw(ROOT), new byte[0]));
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    car.write(archive(header(1, List.of(ROOT))));
    for (int i = 0; i < 50_000; i++) {
      car.write(section);
    }
    CarArchive archive = read(car.toByteArray());
    // When as many links of a tree lead there: one after another it would take some minutes
    int found = 0;
    for (int i = 0; i < 200_000; i++) {
      found += archive.number(ROOT) < 0 ? 0 : 1;
    }
    // Then
    assertThat(found).isZero();
  }

  private static Cid raw(Cid cid) throws MalformedDataException {
    byte[] bytes = cid.toBytes();
    bytes[1] = 0x55;
    return Cid.read(bytes, 0, Cid.LENGTH);
  }

  private static byte[] withLastByte(byte[] bytes, int last) {
    bytes[bytes.length - 1] = (byte) last;
    return bytes;
  }

  /** The link under a key of the map that fills the range. */
  private static Cid link(byte[] buffer, Range range, String wanted) throws MalformedDataException {
    DagCborReader reader = new DagCborReader(buffer, range.offset(), range.end());
    int entries = reader.readMap();
    DagCborReader.Keys keys = reader.keys();
    for (int i = 0; i < entries; i++) {
      if (keys.next().equals(wanted)) {
        return reader.readLink();
      }
      reader.skip();
    }
    throw new AssertionError("no " + wanted);
  }

  private static String text(String name) throws IOException {
    return new String(SharedFiles.bytes(name), StandardCharsets.UTF_8);
  }

  private static CarArchive read(byte[] car) throws MalformedDataException {
    return CarArchive.read(car, new Range(0, car.length));
  }

  private static void assertRefused(byte[] car, Kind kind) {
    assertThatThrownBy(() -> read(car))
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private static byte[] header(int version, List<Cid> roots) {
    return DagCborWriter.write(Map.of("roots", roots, "version", version));
  }

  private static byte[] block(Cid cid, byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(cid.toBytes());
    out.write(content);
    return out.toByteArray();
  }

  /** Sections of fewer than 128 bytes each. */
  private static byte[] archive(byte[]... sections) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] section : sections) {
      out.write(section.length);
      out.write(section);
    }
    return out.toByteArray();
  }
}
