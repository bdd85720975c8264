package courtside.atproto.car;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cid.Cid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A CAR version 1 archive inside a buffer: its roots, and where its blocks stand. Blocks are not
 * copied, and not hashed until one is asked for. Immutable, over a buffer that must not change.
 *
 * @see <a href="https://atproto.com/specs/repository#car-file-serialization">CAR</a>
 */
public final class CarArchive implements BlockSource {
  private final byte[] buffer;
  private final List<Cid> roots;
  private final Map<Cid, Range> blocks;

  private CarArchive(byte[] buffer, List<Cid> roots, Map<Cid, Range> blocks) {
    this.buffer = buffer;
    this.roots = roots;
    this.blocks = blocks;
  }

  /**
   * Reads the archive that fills the range.
   *
   * @throws MalformedDataException if it is no CAR version 1 with at least one root
   */
  public static CarArchive read(byte[] buffer, Range range) throws MalformedDataException {
    Cursor cursor = new Cursor(buffer, range.offset(), range.end());
    Range header = cursor.section("the header");
    List<Cid> roots = readHeader(buffer, header);
    Map<Cid, Range> blocks = new HashMap<>();
    while (cursor.position < cursor.end) {
      Range section = cursor.section("a block");
      if (section.length() < Cid.LENGTH) {
        throw malformed(section.offset(), "a block shorter than its CID");
      }
      Cid cid = Cid.read(buffer, section.offset(), Cid.LENGTH);
      blocks.putIfAbsent(
          cid, new Range(section.offset() + Cid.LENGTH, section.length() - Cid.LENGTH));
    }
    return new CarArchive(buffer, roots, blocks);
  }

  /** The roots, at least one. */
  public List<Cid> roots() {
    return roots;
  }

  /** How many different blocks there are. */
  public int size() {
    return blocks.size();
  }

  /**
   * Where the block stands, after checking that it hashes to its CID.
   *
   * @throws MalformedDataException {@link Kind#MISSING_BLOCK} or {@link Kind#HASH_MISMATCH}
   */
  public Range verifiedBlock(Cid cid) throws MalformedDataException {
    Range block = blocks.get(cid);
    if (block == null) {
      throw new MalformedDataException(Kind.MISSING_BLOCK, -1, "no block " + cid);
    }
    if (!cid.matches(buffer, block.offset(), block.length())) {
      throw new MalformedDataException(
          Kind.HASH_MISMATCH, block.offset(), "block does not hash to " + cid);
    }
    return block;
  }

  @Override
  public Optional<Bytes> find(Cid cid) throws MalformedDataException {
    return blocks.containsKey(cid) ? Optional.of(verifiedBlock(cid).of(buffer)) : Optional.empty();
  }

  private static List<Cid> readHeader(byte[] buffer, Range header) throws MalformedDataException {
    DagCborReader reader = new DagCborReader(buffer, header.offset(), header.end());
    List<Cid> roots = new ArrayList<>();
    long version = 0;
    int entries = reader.readMap();
    DagCborReader.Keys keys = reader.keys();
    for (int i = 0; i < entries; i++) {
      switch (keys.next()) {
        case "roots" -> {
          int count = reader.readArray();
          for (int root = 0; root < count; root++) {
            roots.add(reader.readLink());
          }
        }
        case "version" -> version = reader.readInteger();
        default -> reader.skip();
      }
    }
    reader.expectEnd();
    if (version != 1) {
      throw malformed(header.offset(), "expected version 1, found " + version);
    }
    if (roots.isEmpty()) {
      throw malformed(header.offset(), "no root");
    }
    return List.copyOf(roots);
  }

  private static MalformedDataException malformed(int offset, String message) {
    return new MalformedDataException(Kind.BAD_CAR, offset, message + " (at byte " + offset + ")");
  }

  /** Reads length-prefixed sections. */
  private static final class Cursor {
    private static final int MAX_VARINT_BYTES = 5;

    private final byte[] buffer;
    private final int end;
    private int position;

    Cursor(byte[] buffer, int from, int end) {
      this.buffer = buffer;
      this.position = from;
      this.end = end;
    }

    Range section(String what) throws MalformedDataException {
      int at = position;
      long length = varint();
      if (length == 0 || length > end - position) {
        throw malformed(
            at, what + " of " + length + " bytes where " + (end - position) + " remain");
      }
      Range section = new Range(position, (int) length);
      position = section.end();
      return section;
    }

    /** Unsigned LEB128; five bytes hold more than any archive that fits a frame. */
    private long varint() throws MalformedDataException {
      int at = position;
      long value = 0;
      for (int i = 0; i < MAX_VARINT_BYTES; i++) {
        if (position >= end) {
          throw malformed(at, "ends inside a length");
        }
        int b = buffer[position++] & 0xff;
        value |= (long) (b & 0x7f) << (7 * i);
        if (b < 0x80) {
          if (b == 0 && i > 0) {
            throw malformed(at, "a length not in its shortest form");
          }
          return value;
        }
      }
      throw malformed(at, "a length of more than five bytes");
    }
  }
}
