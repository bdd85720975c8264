package courtside.atproto.key;

import java.math.BigInteger;
import java.util.Arrays;

/** Integers of 256 bits as 32 bytes, the most significant first. */
final class Scalars {
  private Scalars() {}

  static BigInteger read(byte[] bytes, int offset) {
    return new BigInteger(1, bytes, offset, Curve.SCALAR_LENGTH);
  }

  /** The value must not be negative and must fit. */
  static byte[] toBytes(BigInteger value) {
    byte[] bytes = new byte[Curve.SCALAR_LENGTH];
    write(value, bytes, 0);
    return bytes;
  }

  static void write(BigInteger value, byte[] into, int offset) {
    // One byte more than needed where the highest bit is set, fewer for small values.
    byte[] magnitude = value.toByteArray();
    int from = Math.max(0, magnitude.length - Curve.SCALAR_LENGTH);
    int length = magnitude.length - from;
    int start = offset + Curve.SCALAR_LENGTH - length;
    Arrays.fill(into, offset, start, (byte) 0);
    System.arraycopy(magnitude, from, into, start, length);
  }

  static boolean isZero(byte[] bytes, int offset) {
    int bits = 0;
    for (int i = 0; i < Curve.SCALAR_LENGTH; i++) {
      bits |= bytes[offset + i];
    }
    return bits == 0;
  }

  static int compare(byte[] left, int offset, byte[] right) {
    return Arrays.compareUnsigned(
        left, offset, offset + Curve.SCALAR_LENGTH, right, 0, Curve.SCALAR_LENGTH);
  }
}
