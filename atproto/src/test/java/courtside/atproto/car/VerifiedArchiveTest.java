package courtside.atproto.car;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class VerifiedArchiveTest {
  private static final byte[] GOOD = DagCborWriter.write(Map.of("a", 1));
  private static final byte[] OTHER = DagCborWriter.write(Map.of("b", "text"));
  private static final byte[] FLOAT = {(byte) 0xf9, 0x3c, 0};

  @Test
  void givesTheValueOfEachBlock() throws MalformedDataException {
    VerifiedArchive archive = verify(section(cid(GOOD), GOOD), section(cid(OTHER), OTHER));
    archive.expectWhole();
    assertThat(archive.size()).isEqualTo(2);
    assertThat(archive.value(cid(GOOD)).toObject()).isEqualTo(Map.of("a", 1L));
    assertThat(archive.value(cid(OTHER)).toObject()).isEqualTo(Map.of("b", "text"));
    assertThat(archive.find(cid(OTHER))).hasValue(Bytes.of(OTHER));
  }

  @Test
  void aBlockThatFailsSpoilsItselfAlone() throws MalformedDataException {
    // Given: one that is no DAG-CBOR, one that does not hash to its CID, one that is both right
    Cid lied = cid(OTHER);
    VerifiedArchive archive =
        verify(
            section(cid(FLOAT), FLOAT),
            section(lied, DagCborWriter.write(Map.of("c", 1))),
            section(cid(GOOD), GOOD));

    assertThat(archive.value(cid(GOOD)).toObject()).isEqualTo(Map.of("a", 1L));
    assertKind(Kind.UNSUPPORTED, () -> archive.value(cid(FLOAT)));
    assertKind(Kind.HASH_MISMATCH, () -> archive.value(lied));
    assertKind(Kind.HASH_MISMATCH, () -> archive.find(lied));
    assertKind(Kind.UNSUPPORTED, archive::expectWhole);
    assertKind(Kind.MISSING_BLOCK, () -> archive.value(cid(new byte[] {0})));
    assertThat(archive.find(cid(new byte[] {0}))).isEmpty();
  }

  @Test
  void rawBytesAreHashedAndNotRead() throws MalformedDataException {
    byte[] raw = {(byte) 0xff, 1, 2};
    Cid cid = withCodec(cid(raw), 0x55);
    VerifiedArchive archive = verify(section(cid, raw));
    archive.expectWhole();
    assertThat(archive.find(cid)).hasValue(Bytes.of(raw));
    assertKind(Kind.WRONG_TYPE, () -> archive.value(cid));
    // The same digest under the other codec names another block.
    assertThat(archive.find(cid(raw))).isEmpty();
  }

  @Test
  void theFirstOfTwoBlocksUnderOneCidCounts() throws MalformedDataException {
    VerifiedArchive archive =
        verify(section(cid(GOOD), GOOD), section(cid(GOOD), OTHER), section(cid(GOOD), GOOD));
    assertThat(archive.value(cid(GOOD)).toObject()).isEqualTo(Map.of("a", 1L));
  }

  @Test
  void findsBlocksAmongDigestsThatBeginAlike() throws MalformedDataException {
    // Given: CIDs that nobody could have, all with the same first bytes, and each twice
    List<byte[]> sections = new ArrayList<>();
    List<Cid> cids = new ArrayList<>();
    for (int i = 999; i >= 0; i--) {
      byte[] bytes = cid(GOOD).toBytes();
      bytes[34] = (byte) (i >> 8);
      bytes[35] = (byte) i;
      cids.add(Cid.read(bytes, 0, bytes.length));
      sections.add(section(cids.getLast(), new byte[] {(byte) i, (byte) (i >> 8)}));
      sections.add(section(cids.getLast(), new byte[] {0, 0}));
    }
    sections.add(section(withCodec(cids.get(7), 0x55), new byte[] {7}));
    byte[] car = car(sections);
    CarArchive archive = CarArchive.read(car, new Range(0, car.length));

    for (int i = 0; i < cids.size(); i++) {
      assertThat(archive.number(cids.get(i))).as("cid %d", i).isEqualTo(2 * i);
    }
    assertThat(archive.number(withCodec(cids.get(7), 0x55))).isEqualTo(2000);
    assertThat(archive.number(withCodec(cids.get(8), 0x55))).isNegative();
    assertThat(archive.number(cid(OTHER))).isNegative();
  }

  private static Cid withCodec(Cid cid, int codec) throws MalformedDataException {
    byte[] bytes = cid.toBytes();
    bytes[1] = (byte) codec;
    return Cid.read(bytes, 0, bytes.length);
  }

  private static Cid cid(byte[] block) {
    return Cid.ofDagCbor(block, 0, block.length);
  }

  private static void assertKind(
      Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private static VerifiedArchive verify(byte[]... sections) throws MalformedDataException {
    byte[] car = car(List.of(sections));
    return CarArchive.read(car, new Range(0, car.length)).verify();
  }

  private static byte[] section(Cid cid, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(cid.toBytes());
    out.writeBytes(content);
    return out.toByteArray();
  }

  /** Sections of fewer than 128 bytes each. */
  private static byte[] car(List<byte[]> sections) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] header = DagCborWriter.write(Map.of("roots", List.of(cid(GOOD)), "version", 1));
    out.write(header.length);
    out.writeBytes(header);
    for (byte[] section : sections) {
      out.write(section.length);
      out.writeBytes(section);
    }
    return out.toByteArray();
  }
}
