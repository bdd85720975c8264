package courtside.atproto.car;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.SharedFiles;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cid.Cid;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CarWriterTest {
  @Test
  void whatIsWrittenReadsBackTheSame() throws MalformedDataException {
    // Given: blocks whose lengths take one, two and three bytes to say.
    Map<Cid, Bytes> blocks = new LinkedHashMap<>();
    for (int length : new int[] {0, 1, 91, 92, 16_347, 16_348, 70_000}) {
      byte[] block = new byte[length];
      blocks.put(Cid.ofDagCbor(block, 0, length), Bytes.of(block));
    }
    Cid root = blocks.keySet().iterator().next();

    // When
    byte[] car = CarWriter.write(root, blocks);

    // Then
    CarArchive archive = CarArchive.read(car, new Range(0, car.length));
    assertThat(archive.roots()).containsExactly(root);
    assertThat(archive.size()).isEqualTo(7);
    for (Map.Entry<Cid, Bytes> block : blocks.entrySet()) {
      assertThat(archive.find(block.getKey())).hasValue(block.getValue());
    }
  }

  @Test
  void writesAnArchiveOfAnotherImplementationByteForByte()
      throws IOException, MalformedDataException {
    byte[] car = SharedFiles.bytes("vectors/jetstream/internal/corpus/testdata/repo.car");
    CarArchive archive = CarArchive.read(car, new Range(0, car.length));
    Map<Cid, Bytes> blocks = new LinkedHashMap<>();
    // After the header, whose length stands in one byte: lengths of one byte or two, and blocks.
    int at = 1 + car[0];
    while (at < car.length) {
      int length = car[at] & 0x7f;
      if (car[at++] < 0) {
        length |= car[at++] << 7;
      }
      Cid cid = Cid.read(car, at, Cid.LENGTH);
      blocks.put(cid, Bytes.of(car, at + Cid.LENGTH, length - Cid.LENGTH));
      at += length;
    }
    assertThat(CarWriter.write(archive.roots().getFirst(), blocks)).isEqualTo(car);
  }
}
