package courtside.testkit.recording;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.syntax.Datetime;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A recorded firehose, read whole into memory. The file is gzip over repeated [length, 4 bytes
 * big-endian][message]. Every frame has a sequence number, each above the one before; numbers may
 * be missing. Immutable.
 */
public final class Recording {
  /** Largest message of the protocol, in bytes. */
  public static final int MAX_FRAME_BYTES = 5_000_000;

  private static final String BUNDLED = "/courtside/testkit/recording/pds.frames.gz";
  private static final int BUFFER_BYTES = 1 << 16;

  private final List<RecordedFrame> frames;

  private Recording(List<RecordedFrame> frames) {
    this.frames = List.copyOf(frames);
  }

  /**
   * Reads a recording from a file.
   *
   * @throws IOException if it cannot be read or is no recording; says at which frame
   */
  public static Recording open(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString());
    }
  }

  /**
   * Reads the recording that comes with Courtside: whole lives of some accounts of a real server,
   * with posts, edits, deletes and changes of account.
   *
   * @throws IOException if this build lacks it
   */
  public static Recording bundled() throws IOException {
    try (InputStream in = Recording.class.getResourceAsStream(BUNDLED)) {
      if (in == null) {
        throw new FileNotFoundException("no " + BUNDLED + " on the class path: rebuild testkit");
      }
      return read(in, BUNDLED);
    }
  }

  /** The frames, in the order of their sequence numbers. */
  public List<RecordedFrame> frames() {
    return frames;
  }

  private static Recording read(InputStream compressed, String name) throws IOException {
    List<RecordedFrame> frames = new ArrayList<>();
    long lastSeq = 0;
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(new GZIPInputStream(compressed, BUFFER_BYTES), BUFFER_BYTES))) {
      for (int first = in.read(); first >= 0; first = in.read()) {
        String place = "frame " + (frames.size() + 1) + " of " + name;
        RecordedFrame frame = scan(message(in, first, place), place);
        if (frame.seq() <= lastSeq) {
          throw new IOException(
              place + " has sequence number " + frame.seq() + ", not above " + lastSeq);
        }
        lastSeq = frame.seq();
        frames.add(frame);
      }
    }
    return new Recording(frames);
  }

  private static byte[] message(DataInputStream in, int first, String place) throws IOException {
    int length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
    if (length < 0 || length > MAX_FRAME_BYTES) {
      throw new IOException(
          place + " claims " + length + " bytes; expected 0 to " + MAX_FRAME_BYTES);
    }
    byte[] message = in.readNBytes(length);
    if (message.length < length) {
      throw new IOException(place + " ends after " + message.length + " of " + length + " bytes");
    }
    return message;
  }

  private static RecordedFrame scan(byte[] message, String place) throws IOException {
    FrameScan scan;
    try {
      scan = FrameScan.of(message);
    } catch (MalformedDataException e) {
      throw new IOException(place + " is no frame: " + e.getMessage(), e);
    }
    return new RecordedFrame(
        Bytes.of(message),
        scan.seq().orElseThrow(() -> new IOException(place + " has no sequence number")),
        scan.time()
            .flatMap(Datetime::momentOf)
            .orElseThrow(() -> new IOException(place + " has no readable time")));
  }
}
