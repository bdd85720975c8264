package courtside.atproto.cbor;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cid.Cid;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads DAG-CBOR values one after another out of a byte array and accepts only the one canonical
 * encoding of each. Nothing is allocated by what a length claims: every length and count is checked
 * against the bytes that remain first. Confined to one thread.
 *
 * @see <a href="https://dasl.ing/drisl.html">DRISL</a>
 */
public final class DagCborReader {
  /**
   * Deepest nesting of arrays and maps. The data model's guide asks for 32; twice that is let in.
   */
  public static final int MAX_DEPTH = 64;

  /** Longest key of a map, in bytes. */
  public static final int MAX_KEY_LENGTH = 8192;

  private static final int MAX_CID_LENGTH = 100;
  private static final int TAG_LINK = 42;

  /** The types of the data model. */
  public enum Type {
    INTEGER,
    BYTES,
    TEXT,
    ARRAY,
    MAP,
    LINK,
    BOOLEAN,
    NULL,
  }

  private final byte[] buffer;
  private final int end;
  private int position;

  /** Reads {@code buffer} from {@code from} up to {@code to}; offsets in errors count from 0. */
  public DagCborReader(byte[] buffer, int from, int to) {
    if (from < 0 || from > to || to > buffer.length) {
      throw new IllegalArgumentException("range " + from + ".." + to + " of " + buffer.length);
    }
    this.buffer = buffer;
    this.position = from;
    this.end = to;
  }

  /** Reads the whole array. */
  public DagCborReader(byte[] buffer) {
    this(buffer, 0, buffer.length);
  }

  /** A run of bytes inside the buffer that is being read. */
  public record Range(int offset, int length) {
    /** The end, exclusive. */
    public int end() {
      return offset + length;
    }

    /** A copy of these bytes. */
    public Bytes of(byte[] buffer) {
      return Bytes.of(buffer, offset, length);
    }
  }

  /**
   * Checks that the bytes are exactly one canonical value.
   *
   * @throws MalformedDataException if they are not
   */
  public static void validate(byte[] buffer, int from, int to) throws MalformedDataException {
    DagCborReader reader = new DagCborReader(buffer, from, to);
    reader.skip();
    reader.expectEnd();
  }

  /** Where the next value begins, in bytes from the start of the buffer. */
  public int position() {
    return position;
  }

  /**
   * The type of the next value; nothing is consumed.
   *
   * @throws MalformedDataException at the end, or where the next byte begins no value
   */
  public Type peek() throws MalformedDataException {
    int initial = byteAt(position);
    return switch (initial >>> 5) {
      case 0, 1 -> Type.INTEGER;
      case 2 -> Type.BYTES;
      case 3 -> Type.TEXT;
      case 4 -> Type.ARRAY;
      case 5 -> Type.MAP;
      case 6 -> Type.LINK;
      default ->
          switch (initial & 31) {
            case 20, 21 -> Type.BOOLEAN;
            case 22 -> Type.NULL;
            default -> throw unsupported(initial);
          };
    };
  }

  /** Reads an integer in the range of a {@code long}. */
  public long readInteger() throws MalformedDataException {
    int at = position;
    expect(Type.INTEGER);
    boolean negative = (buffer[at] >>> 5 & 7) == 1;
    long argument = readArgument();
    if (argument < 0) {
      throw malformed(Kind.TOO_LARGE, at, "an integer beyond 64 bits signed");
    }
    return negative ? -1 - argument : argument;
  }

  /** Reads a text. */
  public String readText() throws MalformedDataException {
    expect(Type.TEXT);
    return text(readString());
  }

  /** Reads a text, or passes over a value of another type. */
  public Optional<String> readIfText() throws MalformedDataException {
    if (peek() == Type.TEXT) {
      return Optional.of(readText());
    }
    skip();
    return Optional.empty();
  }

  /** Reads a byte string: where it stands, without a copy. */
  public Range readBytes() throws MalformedDataException {
    expect(Type.BYTES);
    return readString();
  }

  /** Reads a link of the form that the protocol uses for its own blocks. */
  public Cid readLink() throws MalformedDataException {
    Range range = readAnyLink();
    return Cid.read(buffer, range.offset(), range.length());
  }

  /** Reads a boolean. */
  public boolean readBoolean() throws MalformedDataException {
    expect(Type.BOOLEAN);
    return buffer[position++] == (byte) 0xf5;
  }

  /** Consumes a null if one comes next. */
  public boolean readNull() throws MalformedDataException {
    if (peek() != Type.NULL) {
      return false;
    }
    position++;
    return true;
  }

  /** Reads the head of an array: how many items follow. At most as many as bytes remain. */
  public int readArray() throws MalformedDataException {
    expect(Type.ARRAY);
    return readCount(1);
  }

  /** Reads the head of a map: how many entries follow. Read their keys with {@link #keys}. */
  public int readMap() throws MalformedDataException {
    expect(Type.MAP);
    return readCount(2);
  }

  /** Reads the keys of the map whose head was just read, and checks their order. */
  public Keys keys() {
    return new Keys();
  }

  /** The keys of one map. Each value must be read, or skipped, before the next key. */
  public final class Keys {
    private Range previous = new Range(0, 0);
    private boolean first = true;

    /**
     * The next key.
     *
     * @throws MalformedDataException if it is no text, or does not come after the one before it
     */
    public String next() throws MalformedDataException {
      return text(nextRange());
    }

    private Range nextRange() throws MalformedDataException {
      int at = position;
      if (peek() != Type.TEXT) {
        throw malformed(Kind.WRONG_TYPE, at, "expected a text as key of a map");
      }
      Range key = readString();
      if (key.length() > MAX_KEY_LENGTH) {
        throw malformed(Kind.TOO_LARGE, at, "a key of " + key.length() + " bytes");
      }
      if (!first && compare(previous, key) >= 0) {
        throw malformed(Kind.NOT_CANONICAL, at, "keys of a map out of order, or one of them twice");
      }
      first = false;
      previous = key;
      return key;
    }

    /** Shorter first, then by unsigned bytes. */
    private int compare(Range a, Range b) {
      return a.length() != b.length()
          ? Integer.compare(a.length(), b.length())
          : Arrays.compareUnsigned(buffer, a.offset(), a.end(), buffer, b.offset(), b.end());
    }
  }

  /** Passes over one value of any type and checks all of it. */
  public void skip() throws MalformedDataException {
    skip(0);
  }

  private void skip(int depth) throws MalformedDataException {
    if (depth > MAX_DEPTH) {
      throw malformed(Kind.TOO_DEEP, position, "nested deeper than " + MAX_DEPTH);
    }
    switch (peek()) {
      case INTEGER -> readInteger();
      case BYTES -> readBytes();
      case TEXT -> {
        expect(Type.TEXT);
        checkText(readString());
      }
      case LINK -> readAnyLink();
      case BOOLEAN, NULL -> position++;
      case ARRAY -> {
        int count = readArray();
        for (int i = 0; i < count; i++) {
          skip(depth + 1);
        }
      }
      case MAP -> {
        int count = readMap();
        Keys keys = keys();
        for (int i = 0; i < count; i++) {
          checkText(keys.nextRange());
          skip(depth + 1);
        }
      }
    }
  }

  /**
   * Checks that nothing is left.
   *
   * @throws MalformedDataException {@link Kind#TRAILING_BYTES} if something is
   */
  public void expectEnd() throws MalformedDataException {
    if (position != end) {
      throw malformed(Kind.TRAILING_BYTES, position, (end - position) + " bytes after the value");
    }
  }

  private Range readAnyLink() throws MalformedDataException {
    int at = position;
    expect(Type.LINK);
    if (readArgument() != TAG_LINK) {
      throw malformed(Kind.UNSUPPORTED, at, "a tag other than 42");
    }
    if (peek() != Type.BYTES) {
      throw malformed(Kind.BAD_CID, at, "expected a byte string under tag 42");
    }
    Range range = readString();
    if (range.length() < 2 || range.length() > MAX_CID_LENGTH || buffer[range.offset()] != 0) {
      throw malformed(Kind.BAD_CID, at, "expected 0x00 and a CID of at most 100 bytes");
    }
    return new Range(range.offset() + 1, range.length() - 1);
  }

  private void expect(Type expected) throws MalformedDataException {
    Type found = peek();
    if (found != expected) {
      throw malformed(Kind.WRONG_TYPE, position, "expected " + expected + ", found " + found);
    }
  }

  private Range readString() throws MalformedDataException {
    int at = position;
    long length = readArgument();
    if (length < 0 || length > end - position) {
      throw malformed(Kind.TRUNCATED, at, "a string longer than what remains");
    }
    Range range = new Range(position, (int) length);
    position = range.end();
    return range;
  }

  private int readCount(int leastBytesEach) throws MalformedDataException {
    int at = position;
    long count = readArgument();
    if (count < 0 || count > (end - position) / leastBytesEach) {
      throw malformed(Kind.TRUNCATED, at, "more entries than what remains could hold");
    }
    return (int) count;
  }

  /** The argument of the head at the position, unsigned; negative means 2^63 or more. */
  private long readArgument() throws MalformedDataException {
    int at = position;
    int low = byteAt(position++) & 31;
    if (low < 24) {
      return low;
    }
    if (low > 27) {
      throw malformed(
          Kind.UNSUPPORTED, at, low == 31 ? "an indefinite length" : "a reserved length");
    }
    int width = 1 << (low - 24);
    if (width > end - position) {
      throw malformed(Kind.TRUNCATED, at, "ends inside a number");
    }
    long argument = 0;
    for (int i = 0; i < width; i++) {
      argument = argument << 8 | (buffer[position++] & 0xff);
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

  private int byteAt(int at) throws MalformedDataException {
    if (at >= end) {
      throw malformed(Kind.TRUNCATED, at, "ends where a value was expected");
    }
    return buffer[at] & 0xff;
  }

  private String text(Range range) throws MalformedDataException {
    if (isAscii(range)) {
      return new String(buffer, range.offset(), range.length(), StandardCharsets.ISO_8859_1);
    }
    return decode(range);
  }

  private void checkText(Range range) throws MalformedDataException {
    if (!isAscii(range)) {
      decode(range);
    }
  }

  private boolean isAscii(Range range) {
    for (int i = range.offset(); i < range.end(); i++) {
      if (buffer[i] < 0) {
        return false;
      }
    }
    return true;
  }

  private String decode(Range range) throws MalformedDataException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(buffer, range.offset(), range.length()))
          .toString();
    } catch (CharacterCodingException e) {
      throw malformed(Kind.BAD_UTF8, range.offset(), "text that is not UTF-8");
    }
  }

  private MalformedDataException unsupported(int initial) {
    return malformed(
        Kind.UNSUPPORTED,
        position,
        switch (initial & 31) {
          case 25, 26, 27 -> "a floating point number";
          case 31 -> "a break outside an indefinite length";
          default -> "a simple value other than false, true and null";
        });
  }

  private static MalformedDataException malformed(Kind kind, int offset, String message) {
    return new MalformedDataException(kind, offset, message + " (at byte " + offset + ")");
  }
}
