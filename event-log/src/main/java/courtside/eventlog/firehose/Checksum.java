package courtside.eventlog.firehose;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.apache.kafka.common.errors.SerializationException;

/** CRC-32C, big-endian, after the bytes that it covers. */
final class Checksum {
  private Checksum() {}

  static byte[] append(byte[] content) {
    byte[] sealed = Arrays.copyOf(content, content.length + Integer.BYTES);
    ByteBuffer.wrap(sealed).putInt(content.length, of(content, content.length));
    return sealed;
  }

  static byte[] strip(byte[] sealed) {
    int length = sealed.length - Integer.BYTES;
    if (length < 0 || ByteBuffer.wrap(sealed).getInt(length) != of(sealed, length)) {
      throw new SerializationException("checksum of " + sealed.length + " bytes does not hold");
    }
    return Arrays.copyOf(sealed, length);
  }

  private static int of(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
