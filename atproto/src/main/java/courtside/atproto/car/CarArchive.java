package courtside.atproto.car;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.cid.Cid;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A CAR version 1 archive inside a buffer: its roots, and where its blocks stand. Blocks are not
 * copied, and not hashed until one is asked for. Immutable, over a buffer that must not change.
 *
 * @see <a href="https://atproto.com/specs/repository#car-file-serialization">CAR</a>
 */
public final class CarArchive implements BlockSource {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] buffer;
  private final List<Cid> roots;
  private final Sections sections;

  /**
   * The numbers of the sections in the order of their CIDs' digests and codecs, by which they are
   * found.
   */
  private final int[] byDigest;

  private CarArchive(byte[] buffer, List<Cid> roots, Sections sections) {
    this.buffer = buffer;
    this.roots = roots;
    this.sections = sections;
    this.byDigest = sortedByDigest();
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
    Sections sections = new Sections(range.end() - cursor.position);
    while (cursor.position < cursor.end) {
      Range section = cursor.section("a block");
      if (section.length() < Cid.LENGTH) {
        throw malformed(section.offset(), "a block shorter than its CID");
      }
      Cid.check(buffer, section.offset(), Cid.LENGTH);
      sections.add(section.offset(), section.end());
    }
    return new CarArchive(buffer, roots, sections);
  }

  /** The roots, at least one. */
  public List<Cid> roots() {
    return roots;
  }

  /** How many blocks there are, each as often as it is there. */
  public int size() {
    return sections.count;
  }

  /** The CID of a block, by its number in the archive's order, from 0. */
  public Cid cid(int number) {
    return Cid.known(buffer, cidOffset(number));
  }

  /** Where a block stands, by its number; nothing was checked of it. */
  public Range block(int number) {
    int start = blockStart(number);
    return new Range(start, blockEnd(number) - start);
  }

  /**
   * Where the block stands, after checking that it hashes to its CID.
   *
   * @throws MalformedDataException {@link Kind#MISSING_BLOCK} or {@link Kind#HASH_MISMATCH}
   */
  public Range verifiedBlock(Cid cid) throws MalformedDataException {
    int number = number(cid);
    if (number < 0) {
      throw new MalformedDataException(Kind.MISSING_BLOCK, -1, "no block " + cid);
    }
    Range block = block(number);
    if (!cid.matches(buffer, block.offset(), block.length())) {
      throw mismatch(number);
    }
    return block;
  }

  @Override
  public Optional<Bytes> find(Cid cid) throws MalformedDataException {
    return number(cid) < 0 ? Optional.empty() : Optional.of(verifiedBlock(cid).of(buffer));
  }

  /** Hashes and validates every block. */
  public VerifiedArchive verify() {
    return new VerifiedArchive(this);
  }

  /** The number of the first block with this CID, negative where there is none. */
  int number(Cid cid) {
    int low = 0;
    int high = byDigest.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cid.compareByDigest(buffer, sections.starts[byDigest[middle]]) > 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < byDigest.length && cid.standsAt(buffer, sections.starts[byDigest[low]])
        ? byDigest[low]
        : -1;
  }

  private int[] sortedByDigest() {
    // By the first four bytes, with the number behind them: one sort of primitives.
    long[] keys = new long[sections.count];
    for (int i = 0; i < keys.length; i++) {
      int prefix = (int) INTS.get(buffer, sections.starts[i] + Cid.DIGEST_OFFSET);
      keys[i] = (long) (prefix ^ Integer.MIN_VALUE) << Integer.SIZE | i;
    }
    Arrays.sort(keys);
    int[] numbers = new int[keys.length];
    int run = 0;
    for (int i = 0; i < keys.length; i++) {
      numbers[i] = (int) keys[i];
      if (i + 1 == keys.length || keys[i] >> Integer.SIZE != keys[i + 1] >> Integer.SIZE) {
        if (i > run) {
          sortRun(numbers, run, i + 1);
        }
        run = i + 1;
      }
    }
    return numbers;
  }

  /** Whoever chooses the CIDs must not choose how long a search takes. */
  private void sortRun(int[] numbers, int from, int to) {
    List<Integer> run = new ArrayList<>(Arrays.stream(numbers, from, to).boxed().toList());
    // Stable, so that of sections with one CID the first is found. The same digest may stand under
    // both codecs, any number of times.
    run.sort((a, b) -> Cid.compareByDigest(buffer, sections.starts[a], sections.starts[b]));
    for (int i = from; i < to; i++) {
      numbers[i] = run.get(i - from);
    }
  }

  int blockStart(int number) {
    return cidOffset(number) + Cid.LENGTH;
  }

  int blockEnd(int number) {
    return sections.ends[number];
  }

  /** How many bytes the blocks have, with what stands between them. */
  int blockBytes() {
    return sections.count == 0 ? 0 : sections.ends[sections.count - 1] - sections.starts[0];
  }

  /** Whether the block's CID says that it is DAG-CBOR. */
  boolean isDagCbor(int number) {
    return Cid.isDagCbor(buffer, cidOffset(number));
  }

  byte[] buffer() {
    return buffer;
  }

  int cidOffset(int number) {
    return sections.starts[Objects.checkIndex(number, sections.count)];
  }

  MalformedDataException mismatch(int number) {
    return new MalformedDataException(
        Kind.HASH_MISMATCH, block(number).offset(), "block does not hash to " + cid(number));
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

  /** Where each section begins, which is where its CID stands, and ends. */
  private static final class Sections {
    /** Blocks of a commit have some four hundred bytes each; the least section has 37. */
    private static final int EXPECTED_BYTES = 400;

    private int[] starts;
    private int[] ends;
    private int count;

    Sections(int bytes) {
      starts = new int[bytes / EXPECTED_BYTES + 4];
      ends = new int[starts.length];
    }

    void add(int start, int end) {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, 2 * count);
        ends = Arrays.copyOf(ends, 2 * count);
      }
      starts[count] = start;
      ends[count++] = end;
    }
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
