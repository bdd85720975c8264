package courtside.atproto.cbor;

/**
 * What an index holds of one value, in 64 bits: three of type, and 61 that depend on it.
 *
 * <ul>
 *   <li>integer: its value, where 61 bits hold it; otherwise the value is the next word
 *   <li>bytes, text, link: 30 bits of length and 31 of offset in the buffer; a link's are its CID's
 *   <li>array, map: 30 bits of count and 31 of the place after its last value
 *   <li>simple: 0 for false, 1 for true, 2 for null
 * </ul>
 */
final class Word {
  static final int INTEGER = 0;
  static final int WIDE_INTEGER = 1;
  static final int BYTES = 2;
  static final int TEXT = 3;
  static final int ARRAY = 4;
  static final int MAP = 5;
  static final int LINK = 6;
  static final int SIMPLE = 7;

  static final int FALSE = 0;
  static final int TRUE = 1;
  static final int NULL = 2;

  private static final int TYPE_SHIFT = 61;
  private static final int LOW_BITS = 31;
  private static final long LOW_MASK = (1L << LOW_BITS) - 1;
  private static final int HIGH_MASK = (1 << 30) - 1;
  private static final int VALUE_SHIFT = 3;

  private Word() {}

  static int type(long word) {
    return (int) (word >>> TYPE_SHIFT);
  }

  /** A length, or a count. */
  static int high(long word) {
    return (int) (word >>> LOW_BITS) & HIGH_MASK;
  }

  /** An offset, or a place. */
  static int low(long word) {
    return (int) (word & LOW_MASK);
  }

  static long of(int type, int high, int low) {
    return (long) type << TYPE_SHIFT | (long) high << LOW_BITS | low;
  }

  static boolean isNarrow(long integer) {
    return integer << VALUE_SHIFT >> VALUE_SHIFT == integer;
  }

  static long ofInteger(long integer) {
    return integer << VALUE_SHIFT >>> VALUE_SHIFT;
  }

  static long integer(long word) {
    return word << VALUE_SHIFT >> VALUE_SHIFT;
  }
}
