package courtside.testkit.relay;

import courtside.atproto.Bytes;
import java.io.BufferedInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * One file of the {@link FrameLog}. A head of 20 bytes: a mark of 8, the last sequence number
 * before this segment, CRC-32C of both. Then records: length of the frame (4), sequence number (8),
 * CRC-32C of these and of the frame (4), the frame. All big-endian. Guarded by the log's lock.
 */
final class Segment {
  static final int HEAD_BYTES = 20;
  static final int RECORD_HEAD_BYTES = 16;

  private static final long MARK = 0x43_53_46_52_4c_4f_47_31L; // "CSFRLOG1"
  private static final Pattern NAME = Pattern.compile("([0-9]{10})\\.frames");

  private final Path file;
  private final long number;
  private final long previousSeq;
  private long end;
  private long lastSeq;

  private Segment(Path file, long number, long previousSeq) {
    this.file = file;
    this.number = number;
    this.previousSeq = previousSeq;
    this.end = HEAD_BYTES;
    this.lastSeq = previousSeq;
  }

  /** Makes the file of a new segment. */
  static Segment create(Path directory, long number, long previousSeq) throws IOException {
    Path file = directory.resolve(String.format(Locale.ROOT, "%010d.frames", number));
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES).putLong(MARK).putLong(previousSeq);
    head.putInt(headChecksum(head.array()));
    Files.write(file, head.array());
    return new Segment(file, number, previousSeq);
  }

  /** The number in the name of a segment's file, or empty where the file is none. */
  static Optional<Long> numberOf(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    return name.matches() ? Optional.of(Long.parseLong(name.group(1))) : Optional.empty();
  }

  /**
   * Reads a segment through, up to its first record that is not whole; empty where not even its
   * head is. What follows {@link #end} in the file is to be cut off, or is damage.
   */
  static Optional<Segment> recover(Path file, long number) throws IOException {
    try (InputStream raw = Files.newInputStream(file);
        DataInputStream in = new DataInputStream(new BufferedInputStream(raw, 1 << 16))) {
      byte[] head = in.readNBytes(HEAD_BYTES);
      ByteBuffer fields = ByteBuffer.wrap(head);
      if (head.length < HEAD_BYTES
          || fields.getLong() != MARK
          || fields.getInt(Long.BYTES * 2) != headChecksum(head)) {
        return Optional.empty();
      }
      Segment segment = new Segment(file, number, fields.getLong());
      for (Optional<Reading.Frame> frame = readRecord(in);
          frame.isPresent() && frame.get().seq() > segment.lastSeq;
          frame = readRecord(in)) {
        segment.grow(frame.get().seq(), RECORD_HEAD_BYTES + frame.get().bytes().length());
      }
      return Optional.of(segment);
    }
  }

  /** The bytes that a frame is appended as. */
  static byte[] record(long seq, byte[] frame) {
    ByteBuffer record = ByteBuffer.allocate(RECORD_HEAD_BYTES + frame.length);
    record.putInt(frame.length).putLong(seq);
    record.putInt(recordChecksum(record.array(), frame)).put(frame);
    return record.array();
  }

  /**
   * Reads the record at the offset.
   *
   * @throws IOException if it is not whole
   */
  static Reading.Frame read(RandomAccessFile file, long offset) throws IOException {
    file.seek(offset);
    return readRecord(file)
        .orElseThrow(
            () -> new IOException("no whole record at byte " + offset + " of the frame log"));
  }

  private static Optional<Reading.Frame> readRecord(DataInput in) throws IOException {
    try {
      byte[] head = new byte[RECORD_HEAD_BYTES];
      in.readFully(head);
      ByteBuffer fields = ByteBuffer.wrap(head);
      int length = fields.getInt();
      long seq = fields.getLong();
      if (length < 0 || length > FrameLog.MAX_FRAME_BYTES) {
        return Optional.empty();
      }
      byte[] frame = new byte[length];
      in.readFully(frame);
      return fields.getInt() == recordChecksum(head, frame)
          ? Optional.of(new Reading.Frame(seq, Bytes.of(frame)))
          : Optional.empty();
    } catch (EOFException e) {
      // The file ends inside the record: what a kill in mid append leaves.
      return Optional.empty();
    }
  }

  private static int recordChecksum(byte[] head, byte[] frame) {
    CRC32C crc = new CRC32C();
    crc.update(head, 0, Integer.BYTES + Long.BYTES);
    crc.update(frame, 0, frame.length);
    return (int) crc.getValue();
  }

  private static int headChecksum(byte[] head) {
    CRC32C crc = new CRC32C();
    crc.update(head, 0, Long.BYTES * 2);
    return (int) crc.getValue();
  }

  /** Notes a record that was appended. */
  void grow(long seq, int recordBytes) {
    end += recordBytes;
    lastSeq = seq;
  }

  Path file() {
    return file;
  }

  long number() {
    return number;
  }

  /** The last sequence number before this segment, 0 where none was. */
  long previousSeq() {
    return previousSeq;
  }

  /** The last sequence number up to the end of this segment. */
  long lastSeq() {
    return lastSeq;
  }

  /** The bytes of the file that are whole. */
  long end() {
    return end;
  }
}
