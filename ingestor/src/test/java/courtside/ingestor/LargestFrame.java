package courtside.ingestor;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Map;
import java.util.random.RandomGenerator;

/** The largest frame that the protocol allows: a #commit of 5,000,000 bytes. */
final class LargestFrame {
  static final int BYTES = 5_000_000;

  private LargestFrame() {}

  static byte[] of(long seq, Instant time) {
    int rest = frame(seq, time, BYTES / 2).length - BYTES / 2;
    return frame(seq, time, BYTES - rest);
  }

  /** One that is not as large, of bytes that cannot be compressed. */
  static byte[] of(long seq, Instant time, int bytes, RandomGenerator random) {
    byte[] blocks = new byte[bytes];
    random.nextBytes(blocks);
    return frame(seq, time, blocks);
  }

  private static byte[] frame(long seq, Instant time, int blocks) {
    return frame(seq, time, new byte[blocks]);
  }

  private static byte[] frame(long seq, Instant time, byte[] blocks) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(DagCborWriter.write(Map.of("op", 1, "t", "#commit")));
    frame.writeBytes(
        DagCborWriter.write(
            Map.of(
                "seq",
                seq,
                "time",
                time.toString(),
                "repo",
                "did:plc:largest222222222222222222",
                "blocks",
                Bytes.of(blocks))));
    return frame.toByteArray();
  }
}
