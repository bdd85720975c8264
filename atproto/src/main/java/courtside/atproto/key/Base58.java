package courtside.atproto.key;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import java.util.Arrays;

/**
 * Base58 with Bitcoin's alphabet. Its cost grows with the square of the length, which is therefore
 * bounded.
 */
final class Base58 {
  /** Longest text that is decoded, in characters; 65 bytes have 89. */
  static final int MAX_TEXT_LENGTH = 96;

  private static final String ALPHABET =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final byte[] DIGITS = digits();

  private Base58() {}

  static String encode(byte[] bytes) {
    int zeros = 0;
    while (zeros < bytes.length && bytes[zeros] == 0) {
      zeros++;
    }
    // A byte takes less than 1.4 digits.
    byte[] digits = new byte[bytes.length * 7 / 5 + 1];
    int first = digits.length;
    for (int i = zeros; i < bytes.length; i++) {
      int carry = bytes[i] & 0xff;
      for (int at = digits.length - 1; at >= first || carry != 0; at--) {
        carry += digits[at] << 8;
        digits[at] = (byte) (carry % 58);
        carry /= 58;
        first = Math.min(first, at);
      }
    }
    StringBuilder text = new StringBuilder(zeros + digits.length - first);
    text.repeat(ALPHABET.charAt(0), zeros);
    for (int i = first; i < digits.length; i++) {
      text.append(ALPHABET.charAt(digits[i]));
    }
    return text.toString();
  }

  /**
   * Decodes what stands from {@code offset} on.
   *
   * @throws MalformedDataException {@link Kind#BAD_KEY} if that is no base58 or too long
   */
  static byte[] decode(String text, int offset) throws MalformedDataException {
    int length = text.length() - offset;
    if (length > MAX_TEXT_LENGTH) {
      throw new MalformedDataException(
          Kind.BAD_KEY,
          -1,
          "expected at most " + MAX_TEXT_LENGTH + " characters of base58, found " + length);
    }
    int zeros = 0;
    while (zeros < length && text.charAt(offset + zeros) == ALPHABET.charAt(0)) {
      zeros++;
    }
    // A digit takes less than a byte, so every carry ends inside.
    byte[] bytes = new byte[length];
    int first = bytes.length;
    for (int i = offset + zeros; i < text.length(); i++) {
      char c = text.charAt(i);
      int carry = c < DIGITS.length ? DIGITS[c] : -1;
      if (carry < 0) {
        throw new MalformedDataException(
            Kind.BAD_KEY,
            i,
            "expected base58, found the character U+%04X at %d".formatted((int) c, i));
      }
      for (int at = bytes.length - 1; at >= first || carry != 0; at--) {
        carry += (bytes[at] & 0xff) * 58;
        bytes[at] = (byte) carry;
        carry >>>= 8;
        first = Math.min(first, at);
      }
    }
    return Arrays.copyOfRange(bytes, first - zeros, bytes.length);
  }

  private static byte[] digits() {
    byte[] digits = new byte[128];
    Arrays.fill(digits, (byte) -1);
    for (int i = 0; i < ALPHABET.length(); i++) {
      digits[ALPHABET.charAt(i)] = (byte) i;
    }
    return digits;
  }
}
