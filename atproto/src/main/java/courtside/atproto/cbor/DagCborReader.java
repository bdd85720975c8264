package courtside.atproto.cbor;

import static courtside.atproto.cbor.DagCborParser.malformed;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cid.Cid;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
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
  private final DagCborParser parser;
  private int position;

  /** Reads {@code buffer} from {@code from} up to {@code to}; offsets in errors count from 0. */
  public DagCborReader(byte[] buffer, int from, int to) {
    if (from < 0 || from > to || to > buffer.length) {
      throw new IllegalArgumentException("range " + from + ".." + to + " of " + buffer.length);
    }
    this.buffer = buffer;
    this.position = from;
    this.end = to;
    this.parser = DagCborParser.checking(buffer, to);
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
            default -> throw DagCborParser.unsupported(initial, position);
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
    int length = stringLength();
    String text = text(position, length);
    position += length;
    return text;
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
    int length = stringLength();
    Range range = new Range(position, length);
    position = range.end();
    return range;
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
    private int previous;
    private int previousLength = -1;

    /**
     * The next key.
     *
     * @throws MalformedDataException if it is no text, or does not come after the one before it
     */
    public String next() throws MalformedDataException {
      int at = position;
      if (byteAt(at) >>> 5 != Word.TEXT) {
        throw malformed(Kind.WRONG_TYPE, at, "expected a text as key of a map");
      }
      int length = stringLength();
      int start = position;
      position = start + length;
      DagCborParser.checkKey(buffer, previous, previousLength, start, length);
      previous = start;
      previousLength = length;
      String known = KnownNames.find(buffer, start, length);
      return known != null ? known : text(start, length);
    }
  }

  /**
   * Goes back to where it has been, for instance to pass over what turned out not to be readable as
   * something else.
   *
   * @param to what {@link #position} was
   */
  public void rewind(int to) {
    position = Objects.checkIndex(to, position + 1);
  }

  /**
   * Consumes these bytes if they come next. A value has one encoding, so where one is expected its
   * bytes can be compared instead of read.
   */
  public boolean readIf(byte[] encoding) {
    int to = position + encoding.length;
    if (encoding.length > end - position
        || !Arrays.equals(buffer, position, to, encoding, 0, encoding.length)) {
      return false;
    }
    position = to;
    return true;
  }

  /** Passes over one value of any type and checks all of it. */
  public void skip() throws MalformedDataException {
    position = parser.value(position, 0);
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
    position = DagCborParser.linkContent(buffer, at, end);
    int length = stringLength();
    DagCborParser.checkLink(buffer, at, position, length);
    Range cid = new Range(position + 1, length - 1);
    position = cid.end();
    return cid;
  }

  private void expect(Type expected) throws MalformedDataException {
    Type found = peek();
    if (found != expected) {
      throw malformed(Kind.WRONG_TYPE, position, "expected " + expected + ", found " + found);
    }
  }

  /** Reads the head of a string: how many bytes follow, all of which are there. */
  private int stringLength() throws MalformedDataException {
    int at = position;
    long length = readArgument();
    if (length < 0 || length > end - position) {
      throw malformed(Kind.TRUNCATED, at, "a string longer than what remains");
    }
    return (int) length;
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
    int low = buffer[position] & 31;
    if (low < 24) {
      position++;
      return low;
    }
    long argument = DagCborParser.argument(buffer, position, end);
    position += DagCborParser.headLength(low);
    return argument;
  }

  private int byteAt(int at) throws MalformedDataException {
    if (at >= end) {
      throw malformed(Kind.TRUNCATED, at, "ends where a value was expected");
    }
    return buffer[at] & 0xff;
  }

  private String text(int start, int length) throws MalformedDataException {
    if (Utf8.isAscii(buffer, start, start + length)) {
      // One byte a character: nothing to decode.
      return new String(buffer, start, length, StandardCharsets.ISO_8859_1);
    }
    if (!Utf8.isValid(buffer, start, start + length)) {
      throw malformed(Kind.BAD_UTF8, start, "text that is not UTF-8");
    }
    return new String(buffer, start, length, StandardCharsets.UTF_8);
  }
}
