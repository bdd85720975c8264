package courtside.atproto.car;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;

/**
 * Writes CAR version 1 archives of one root. Thread-safe: holds no state.
 *
 * @see <a href="https://atproto.com/specs/repository#car-file-serialization">CAR</a>
 */
public final class CarWriter {
  private CarWriter() {}

  /**
   * The archive of these blocks, in the map's order. That they hash to their CIDs is not checked.
   */
  public static byte[] write(Cid root, Map<Cid, Bytes> blocks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] header = DagCborWriter.write(Map.of("roots", List.of(root), "version", 1));
    writeLength(out, header.length);
    out.writeBytes(header);
    blocks.forEach((cid, block) -> {
      writeLength(out, Cid.LENGTH + block.length());
      out.writeBytes(cid.toBytes());
      out.writeBytes(block.toArray());
    });
    return out.toByteArray();
  }

  /** Unsigned LEB128. */
  private static void writeLength(ByteArrayOutputStream out, int length) {
    int rest = length;
    while (rest >= 0x80) {
      out.write((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }
}
