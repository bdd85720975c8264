package courtside.atproto.cbor;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The one place where values are checked against every rule of the encoding. Passes over values
 * and, where it is asked to, notes a {@link Word} for each. A firehose of frames goes through here,
 * which is why what is most frequent is looked for first. Confined to one thread.
 */
final class DagCborParser {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private static final int MAX_CID_LENGTH = 100;

  /** A map of four, whose first key is {@code k}; one byte is left for the head of its value. */
  private static final int ENTRY_HEAD = 0xa461_6b00;

  private static final short KEY_P = 0x6170;
  private static final short KEY_T = 0x6174;
  private static final short KEY_V = 0x6176;

  /** An entry's words: its own, and four keys and values. */
  private static final int ENTRY_WORDS = 9;

  /** Tag 42, a byte string of 37, 0x00, and a CIDv1 of DAG-CBOR with SHA-256, but its last byte. */
  private static final long OWN_LINK = 0xd82a_5825_0001_7112L;

  private static final int OWN_LINK_LENGTH = 41;
  private static final int OWN_CID_OFFSET = 5;
  private static final int OWN_CID_LENGTH = 36;
  private static final byte SHA2_256_LENGTH = 0x20;

  /** Heads and keys, a key of 127 bytes, and two links. */
  private static final int MOST_ENTRY_BYTES = 13 + 127 + 2 * OWN_LINK_LENGTH;

  private static final long[] NO_WORDS = {};

  private final byte[] buffer;
  private final boolean indexing;
  private int end;
  private long[] words;
  private int size;

  private DagCborParser(byte[] buffer, boolean indexing, long[] words) {
    this.buffer = buffer;
    this.indexing = indexing;
    this.words = words;
  }

  /** One that only checks, up to the end. */
  static DagCborParser checking(byte[] buffer, int end) {
    DagCborParser parser = new DagCborParser(buffer, false, NO_WORDS);
    parser.end = end;
    return parser;
  }

  /** One that also notes words; the bytes expected are a guess at how many. */
  static DagCborParser indexing(byte[] buffer, int expectedBytes) {
    // Blocks of a repository have some ten bytes a value.
    return new DagCborParser(buffer, true, new long[(expectedBytes >>> 3) + 8]);
  }

  /** Parses the value that fills the range, and gives the place of its word. */
  int add(int from, int to) throws MalformedDataException {
    int place = size;
    end = to;
    try {
      int at = value(from, 0);
      if (at != to) {
        throw malformed(Kind.TRAILING_BYTES, at, (to - at) + " bytes after the value");
      }
    } catch (MalformedDataException e) {
      size = place;
      throw e;
    }
    return place;
  }

  /** The words so far; the rest of the array means nothing. */
  long[] words() {
    return words;
  }

  /**
   * Passes over one value and all inside it.
   *
   * @param depth how many arrays and maps it stands in
   * @return where the next one begins
   */
  int value(int at, int depth) throws MalformedDataException {
    if (at >= end) {
      throw malformed(Kind.TRUNCATED, at, "ends where a value was expected");
    }
    return switch ((buffer[at] & 0xff) >>> 5) {
      case Word.ARRAY -> array(at, depth);
      case Word.MAP -> map(at, depth);
      default -> leaf(at);
    };
  }

  /** Passes over a value that holds no others. */
  private int leaf(int at) throws MalformedDataException {
    int major = (buffer[at] & 0xff) >>> 5;
    return switch (major) {
      case Word.BYTES, Word.TEXT -> string(at, major);
      case Word.LINK -> link(at);
      case Word.SIMPLE -> simple(at);
      default -> integer(at);
    };
  }

  /** Most values hold no others, and need no call that may come back here. */
  private int inner(int at, int depth) throws MalformedDataException {
    boolean leaf = at < end && (buffer[at] & 0xc0) != 0x80;
    return leaf ? leaf(at) : value(at, depth);
  }

  private int integer(int at) throws MalformedDataException {
    long value = integer(buffer, at, end);
    if (indexing) {
      if (Word.isNarrow(value)) {
        put(Word.ofInteger(value));
      } else {
        put(Word.of(Word.WIDE_INTEGER, 0, 0));
        put(value);
      }
    }
    return at + headLength(buffer[at] & 31);
  }

  private int string(int at, int major) throws MalformedDataException {
    int start = at + headLength(buffer[at] & 31);
    int length = stringLength(at, start);
    if (major == Word.TEXT) {
      checkUtf8(start, length);
    }
    if (indexing) {
      put(Word.of(major, length, start));
    }
    return start + length;
  }

  private int array(int at, int depth) throws MalformedDataException {
    int next = at + headLength(buffer[at] & 31);
    int count = count(at, next, 1);
    checkDepth(next, count, depth);
    int place = open();
    boolean shallow = depth + 1 < DagCborReader.MAX_DEPTH;
    for (int i = 0; i < count; i++) {
      int afterEntry = shallow ? treeEntry(next) : 0;
      next = afterEntry > 0 ? afterEntry : inner(next, depth + 1);
    }
    close(place, Word.ARRAY, count);
    return next;
  }

  private int map(int at, int depth) throws MalformedDataException {
    int next = at + headLength(buffer[at] & 31);
    int count = count(at, next, 2);
    checkDepth(next, count, depth);
    int place = open();
    int previous = 0;
    int previousLength = -1;
    for (int i = 0; i < count; i++) {
      if (next >= end) {
        throw malformed(Kind.TRUNCATED, next, "ends where a key was expected");
      }
      if ((buffer[next] & 0xff) >>> 5 != Word.TEXT) {
        throw malformed(Kind.WRONG_TYPE, next, "expected a text as key of a map");
      }
      int start = next + headLength(buffer[next] & 31);
      int length = stringLength(next, start);
      checkKey(buffer, previous, previousLength, start, length);
      checkUtf8(start, length);
      if (indexing) {
        put(Word.of(Word.TEXT, length, start));
      }
      previous = start;
      previousLength = length;
      next = inner(start + length, depth + 1);
    }
    close(place, Word.MAP, count);
    return next;
  }

  private int link(int at) throws MalformedDataException {
    if (isOwnLink(at)) {
      if (indexing) {
        put(Word.of(Word.LINK, OWN_CID_LENGTH, at + OWN_CID_OFFSET));
      }
      return at + OWN_LINK_LENGTH;
    }
    int string = linkContent(buffer, at, end);
    int start = string + headLength(buffer[string] & 31);
    int length = stringLength(string, start);
    checkLink(buffer, at, start, length);
    if (indexing) {
      put(Word.of(Word.LINK, length - 1, start + 1));
    }
    return start + length;
  }

  private boolean isOwnLink(int at) {
    return end - at >= OWN_LINK_LENGTH
        && (long) LONGS.get(buffer, at) == OWN_LINK
        && buffer[at + Long.BYTES] == SHA2_256_LENGTH;
  }

  private int simple(int at) throws MalformedDataException {
    int low = buffer[at] & 31;
    if (low < 20 || low > 22) {
      throw unsupported(buffer[at], at);
    }
    if (indexing) {
      put(Word.of(Word.SIMPLE, 0, low - 20));
    }
    return at + 1;
  }

  /**
   * Passes over one entry of a node of a repository's tree, of which nine in ten values of a commit
   * are parts: {@code {k: bytes, p: integer, t: link or null, v: link}}. Byte for byte what {@link
   * #map} would take, seen at once.
   *
   * @return where the next value begins; 0 where this is no such entry, or not in its usual form,
   *     which need not be an error
   */
  private int treeEntry(int at) {
    // Up to its last byte it lies in the buffer; whether it ends before the end is seen below.
    if (buffer.length - at < MOST_ENTRY_BYTES
        || ((int) INTS.get(buffer, at) & 0xffff_ff00) != ENTRY_HEAD) {
      return 0;
    }
    int head = buffer[at + 3];
    int key = at + 4;
    int keyLength = head - 0x40;
    if (head == 0x58) {
      keyLength = buffer[key++];
      if (keyLength < 24) {
        return 0;
      }
    } else if (keyLength < 0 || keyLength > 23) {
      return 0;
    }
    int next = key + keyLength;
    if ((short) SHORTS.get(buffer, next) != KEY_P) {
      return 0;
    }
    int prefix = buffer[next + 2];
    int prefixLength = 1;
    if (prefix == 0x18) {
      prefix = buffer[next + 3];
      prefixLength = 2;
      if (prefix < 24) {
        return 0;
      }
    } else if (prefix < 0 || prefix > 23) {
      return 0;
    }
    int subtree = next + 2 + prefixLength + 2;
    if ((short) SHORTS.get(buffer, subtree - 2) != KEY_T) {
      return 0;
    }
    boolean leaf = buffer[subtree] == (byte) 0xf6;
    if (!leaf && !isOwnLink(subtree)) {
      return 0;
    }
    int value = subtree + (leaf ? 1 : OWN_LINK_LENGTH) + 2;
    if ((short) SHORTS.get(buffer, value - 2) != KEY_V || !isOwnLink(value)) {
      return 0;
    }
    int after = value + OWN_LINK_LENGTH;
    if (after > end) {
      return 0;
    }
    if (indexing) {
      ensure(ENTRY_WORDS);
      long[] noted = words;
      int place = size;
      noted[place] = Word.of(Word.MAP, 4, place + ENTRY_WORDS);
      noted[place + 1] = Word.of(Word.TEXT, 1, at + 2);
      noted[place + 2] = Word.of(Word.BYTES, keyLength, key);
      noted[place + 3] = Word.of(Word.TEXT, 1, next + 1);
      noted[place + 4] = Word.ofInteger(prefix);
      noted[place + 5] = Word.of(Word.TEXT, 1, subtree - 1);
      noted[place + 6] =
          leaf
              ? Word.of(Word.SIMPLE, 0, Word.NULL)
              : Word.of(Word.LINK, OWN_CID_LENGTH, subtree + OWN_CID_OFFSET);
      noted[place + 7] = Word.of(Word.TEXT, 1, value - 1);
      noted[place + 8] = Word.of(Word.LINK, OWN_CID_LENGTH, value + OWN_CID_OFFSET);
      size = place + ENTRY_WORDS;
    }
    return after;
  }

  private static void checkDepth(int at, int count, int depth) throws MalformedDataException {
    if (depth >= DagCborReader.MAX_DEPTH && count > 0) {
      throw malformed(Kind.TOO_DEEP, at, "nested deeper than " + DagCborReader.MAX_DEPTH);
    }
  }

  /** The integer whose head stands at an offset. */
  static long integer(byte[] buffer, int at, int end) throws MalformedDataException {
    int head = buffer[at] & 0xff;
    int low = head & 31;
    long argument = low < 24 ? low : argument(buffer, at, end);
    if (argument < 0) {
      throw malformed(Kind.TOO_LARGE, at, "an integer beyond 64 bits signed");
    }
    return head < 0x20 ? argument : -1 - argument;
  }

  private static MalformedDataException outOfOrder(int start) {
    return malformed(Kind.NOT_CANONICAL, start, "keys of a map out of order, or one of them twice");
  }

  private void checkUtf8(int start, int length) throws MalformedDataException {
    if (!Utf8.isValid(buffer, start, start + length)) {
      throw malformed(Kind.BAD_UTF8, start, "text that is not UTF-8");
    }
  }

  /**
   * Checks a key: after the one before it, which is shorter, or as long and less by unsigned bytes.
   *
   * @param previousLength -1 where it is the first
   */
  static void checkKey(byte[] buffer, int previous, int previousLength, int start, int length)
      throws MalformedDataException {
    if (length <= previousLength
        && (length < previousLength || !isAscending(buffer, previous, start, length))) {
      throw outOfOrder(start);
    }
    if (length > DagCborReader.MAX_KEY_LENGTH) {
      throw malformed(Kind.TOO_LARGE, start, "a key of " + length + " bytes");
    }
  }

  private static boolean isAscending(byte[] buffer, int one, int other, int length) {
    return Arrays.compareUnsigned(buffer, one, one + length, buffer, other, other + length) < 0;
  }

  /** Where the byte string under tag 42 begins. */
  static int linkContent(byte[] buffer, int at, int end) throws MalformedDataException {
    if (argument(buffer, at, end) != 42) {
      throw malformed(Kind.UNSUPPORTED, at, "a tag other than 42");
    }
    int string = at + headLength(buffer[at] & 31);
    if (string >= end) {
      throw malformed(Kind.TRUNCATED, string, "ends where a value was expected");
    }
    if ((buffer[string] & 0xff) >>> 5 != 2) {
      throw malformed(Kind.BAD_CID, at, "expected a byte string under tag 42");
    }
    return string;
  }

  static void checkLink(byte[] buffer, int at, int start, int length)
      throws MalformedDataException {
    if (length < 2 || length > MAX_CID_LENGTH || buffer[start] != 0) {
      throw malformed(Kind.BAD_CID, at, "expected 0x00 and a CID of at most 100 bytes");
    }
  }

  private int stringLength(int at, int start) throws MalformedDataException {
    int low = buffer[at] & 31;
    long length = low < 24 ? low : argument(buffer, at, end);
    if (length < 0 || length > end - start) {
      throw malformed(Kind.TRUNCATED, at, "a string longer than what remains");
    }
    return (int) length;
  }

  private int count(int at, int start, int leastBytesEach) throws MalformedDataException {
    int low = buffer[at] & 31;
    long count = low < 24 ? low : argument(buffer, at, end);
    if (count < 0 || count > (end - start) / leastBytesEach) {
      throw malformed(Kind.TRUNCATED, at, "more entries than what remains could hold");
    }
    return (int) count;
  }

  /** Bytes of a head, by the low five bits of its first; meaningless where these are reserved. */
  static int headLength(int low) {
    return low < 24 ? 1 : 1 + (1 << (low - 24));
  }

  /**
   * The argument of the head at an offset, unsigned; negative means 2^63 or more.
   *
   * @throws MalformedDataException if it is not in its shortest form, or of indefinite length
   */
  static long argument(byte[] buffer, int at, int end) throws MalformedDataException {
    int low = buffer[at] & 31;
    if (low < 24) {
      return low;
    }
    if (low > 27) {
      throw malformed(
          Kind.UNSUPPORTED, at, low == 31 ? "an indefinite length" : "a reserved length");
    }
    int width = 1 << (low - 24);
    if (width >= end - at) {
      throw malformed(Kind.TRUNCATED, at, "ends inside a number");
    }
    long argument = 0;
    for (int i = 1; i <= width; i++) {
      argument = argument << 8 | (buffer[at + i] & 0xff);
    }
    // The shortest form is the only one: a wider head must hold what a narrower one cannot.
    boolean shortest =
        switch (width) {
          case 1 -> argument >= 24;
          case 2 -> argument > 0xff;
          case 4 -> argument > 0xffff;
          default -> argument >>> 32 != 0;
        };
    if (!shortest) {
      throw malformed(Kind.NOT_CANONICAL, at, "a number not in its shortest form");
    }
    return argument;
  }

  /** What is wrong with a head of major type 7 that is neither false, true nor null. */
  static MalformedDataException unsupported(int initial, int at) {
    return malformed(
        Kind.UNSUPPORTED,
        at,
        switch (initial & 31) {
          case 25, 26, 27 -> "a floating point number";
          case 31 -> "a break outside an indefinite length";
          default -> "a simple value other than false, true and null";
        });
  }

  static MalformedDataException malformed(Kind kind, int offset, String message) {
    return new MalformedDataException(kind, offset, message + " (at byte " + offset + ")");
  }

  private int open() {
    int place = size;
    if (indexing) {
      put(0);
    }
    return place;
  }

  private void close(int place, int type, int count) {
    if (indexing) {
      words[place] = Word.of(type, count, size);
    }
  }

  private void put(long word) {
    ensure(1);
    words[size++] = word;
  }

  private void ensure(int more) {
    if (words.length - size < more) {
      words = Arrays.copyOf(words, size + (size >>> 1) + ENTRY_WORDS);
    }
  }
}
