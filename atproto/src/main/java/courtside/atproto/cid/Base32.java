package courtside.atproto.cid;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;

/** RFC 4648 base32, lower case, without padding. */
final class Base32 {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  private Base32() {}

  static String encode(byte[] bytes) {
    StringBuilder text = new StringBuilder((bytes.length * 8 + 4) / 5);
    int bits = 0;
    int held = 0;
    for (byte b : bytes) {
      bits = (bits << 8) | (b & 0xff);
      held += 8;
      while (held >= 5) {
        held -= 5;
        text.append(ALPHABET.charAt((bits >>> held) & 31));
      }
      bits &= (1 << held) - 1;
    }
    if (held > 0) {
      text.append(ALPHABET.charAt((bits << (5 - held)) & 31));
    }
    return text.toString();
  }

  static byte[] decode(String text, int from) throws MalformedDataException {
    byte[] bytes = new byte[(text.length() - from) * 5 / 8];
    int bits = 0;
    int held = 0;
    int at = 0;
    for (int i = from; i < text.length(); i++) {
      int digit = ALPHABET.indexOf(text.charAt(i));
      if (digit < 0) {
        throw new MalformedDataException(
            Kind.BAD_CID, i, "expected lower-case base32 at character " + i);
      }
      bits = (bits << 5) | digit;
      held += 5;
      if (held >= 8) {
        held -= 8;
        bytes[at++] = (byte) (bits >>> held);
        bits &= (1 << held) - 1;
      }
    }
    if (bits != 0) {
      throw new MalformedDataException(
          Kind.BAD_CID, -1, "the last character of the base32 text has bits beyond the last byte");
    }
    return bytes;
  }
}
