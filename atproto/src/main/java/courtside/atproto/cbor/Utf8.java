package courtside.atproto.cbor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Whether bytes are UTF-8, without making characters of them. */
final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private Utf8() {}

  /** Whether the bytes are well-formed: no overlong forms, no surrogates, nothing past U+10FFFF. */
  static boolean isValid(byte[] buffer, int from, int to) {
    int at = ascii(buffer, from, to);
    return at == to || isValidFrom(buffer, at, to);
  }

  /** Whether all bytes are ASCII. */
  static boolean isAscii(byte[] buffer, int from, int to) {
    return ascii(buffer, from, to) == to;
  }

  /** Up to where all bytes are known to be ASCII. */
  private static int ascii(byte[] buffer, int from, int to) {
    int at = from;
    while (to - at >= Long.BYTES) {
      if (((long) LONGS.get(buffer, at) & HIGH_BITS) != 0) {
        return at;
      }
      at += Long.BYTES;
    }
    while (at < to && buffer[at] >= 0) {
      at++;
    }
    return at;
  }

  private static boolean isValidFrom(byte[] buffer, int from, int to) {
    int at = from;
    while (at < to) {
      int lead = buffer[at];
      if (lead >= 0) {
        at++;
        continue;
      }
      int length = sequenceLength(lead & 0xff);
      if (length == 0 || length > to - at) {
        return false;
      }
      // What may follow some leads is narrower: no overlong forms, no surrogates, nothing too
      // large.
      int second = buffer[at + 1] & 0xff;
      boolean secondFits =
          switch (lead & 0xff) {
            case 0xe0 -> second >= 0xa0 && second <= 0xbf;
            case 0xed -> second >= 0x80 && second <= 0x9f;
            case 0xf0 -> second >= 0x90 && second <= 0xbf;
            case 0xf4 -> second >= 0x80 && second <= 0x8f;
            default -> second >= 0x80 && second <= 0xbf;
          };
      if (!secondFits
          || (length > 2 && !isContinuation(buffer[at + 2]))
          || (length > 3 && !isContinuation(buffer[at + 3]))) {
        return false;
      }
      at += length;
    }
    return true;
  }

  private static int sequenceLength(int lead) {
    if (lead >= 0xc2 && lead <= 0xdf) {
      return 2;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
      return 3;
    }
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xc0) == 0x80;
  }
}
