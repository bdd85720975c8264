package courtside.testkit.relay;

import courtside.testkit.recording.Recording;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A relay's memory: the newest frames, in a directory. A frame is in the file before anyone is
 * shown it, so a kill of the process at any byte loses nothing that was shown: what is torn is cut
 * off when the log is opened again. It is not forced to the disk for each frame: a loss of power
 * may take the newest ones.
 *
 * <p>The directory also holds how often it was opened. One log at a time may have it. Thread-safe:
 * one writer, many readers.
 */
public final class FrameLog implements AutoCloseable {
  /** What is kept where nothing is said: 64 MB. */
  public static final long DEFAULT_BYTES = 64_000_000;

  static final int MAX_FRAME_BYTES = Recording.MAX_FRAME_BYTES;

  private static final Logger LOG = LoggerFactory.getLogger(FrameLog.class);

  /** Deleting the oldest of these gives back a little at a time. */
  private static final int SEGMENTS = 16;

  private final Path directory;
  private final long keptBytes;
  private final FileChannel lockFile;
  private final FileLock owned;
  private final long starts;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock: oldest first, never empty; the writer stands at the end of the last.
  private final Deque<Segment> segments = new ArrayDeque<>();
  private RandomAccessFile writer;
  private boolean closed;

  private FrameLog(Path directory, long keptBytes, FileChannel lockFile, FileLock owned)
      throws IOException {
    this.directory = directory;
    this.keptBytes = keptBytes;
    this.lockFile = lockFile;
    this.owned = owned;
    this.writer = recover();
    this.starts = countStart();
  }

  /** Opens the log in the directory, which is made if need be, keeping {@link #DEFAULT_BYTES}. */
  public static FrameLog open(Path directory) throws IOException {
    return open(directory, DEFAULT_BYTES);
  }

  /**
   * Opens the log in the directory, which is made if need be.
   *
   * @param keptBytes at least the newest so many bytes of frames are kept, and at most a sixteenth
   *     and one frame more
   * @throws IOException if another log has it, or a file in it is damaged elsewhere than at the end
   */
  public static FrameLog open(Path directory, long keptBytes) throws IOException {
    if (keptBytes < 1) {
      throw new IllegalArgumentException("expected at least 1 byte to keep, found " + keptBytes);
    }
    Files.createDirectories(directory);
    FileChannel lockFile =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock owned = tryLock(lockFile);
      if (owned == null) {
        throw new IOException(
            "another relay has " + directory + ": stop it, or give this one its own directory");
      }
      return new FrameLog(directory, keptBytes, lockFile, owned);
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another log of this very process.
      return null;
    }
  }

  private RandomAccessFile recover() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files =
          all.filter(file -> Segment.numberOf(file).isPresent())
              .sorted(Comparator.comparing(Path::getFileName))
              .toList();
    }
    for (int i = 0; i < files.size(); i++) {
      recover(files.get(i), i == files.size() - 1);
    }
    if (segments.isEmpty()) {
      segments.add(Segment.create(directory, 1, 0));
    }
    return openForWriting(segments.getLast());
  }

  private void recover(Path file, boolean newest) throws IOException {
    long number = Segment.numberOf(file).orElseThrow();
    Optional<Segment> recovered = Segment.recover(file, number);
    long whole = recovered.map(Segment::end).orElse(0L);
    long torn = Files.size(file) - whole;
    Segment before = segments.peekLast();
    boolean follows =
        before == null
            || recovered.isEmpty()
            || (before.number() + 1 == number && before.lastSeq() == recovered.get().previousSeq());
    if (!follows || (torn > 0 && !newest)) {
      throw new IOException(
          file
              + " of the frame log is damaged at byte "
              + whole
              + ": delete the directory to begin anew");
    }
    if (torn > 0) {
      LOG.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("bytes", torn)
          .log("torn end of the frame log cut off");
    }
    if (recovered.isEmpty()) {
      // Killed while it was made: nothing is in it.
      Files.delete(file);
    } else {
      segments.add(recovered.get());
    }
  }

  private static RandomAccessFile openForWriting(Segment segment) throws IOException {
    RandomAccessFile file = new RandomAccessFile(segment.file().toFile(), "rw");
    try {
      file.setLength(segment.end());
      file.seek(segment.end());
      return file;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private long countStart() throws IOException {
    Path file = directory.resolve("starts");
    long count = Files.exists(file) ? parseStarts(file) + 1 : 1;
    Path next = directory.resolve("starts.next");
    try (FileChannel out =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      out.write(StandardCharsets.US_ASCII.encode(count + "\n"));
      out.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return count;
  }

  private static long parseStarts(Path file) throws IOException {
    String text = Files.readString(file).strip();
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException(file + " should hold a number: delete the directory to begin anew", e);
    }
  }

  /** How often this directory has been opened, this time included. */
  public long starts() {
    return starts;
  }

  /** The sequence number of the newest frame, 0 before the first. */
  public long lastSeq() {
    lock.lock();
    try {
      return segments.getLast().lastSeq();
    } finally {
      lock.unlock();
    }
  }

  /** The sequence number of the newest frame that is no longer held, 0 where all are. */
  public long droppedThrough() {
    lock.lock();
    try {
      return segments.getFirst().previousSeq();
    } finally {
      lock.unlock();
    }
  }

  /** The sequence number of the oldest frame held, empty where none is. */
  public OptionalLong oldestSeq() throws IOException, InterruptedException {
    try (Reader reader = readAfter(0)) {
      return switch (reader.next(0)) {
        case Reading.Frame frame -> OptionalLong.of(frame.seq());
        case Reading.Quiet _, Reading.Overtaken _, Reading.Closed _ -> OptionalLong.empty();
      };
    }
  }

  /**
   * Appends a frame; readers see it once it is in the file.
   *
   * @throws IllegalArgumentException if the number is not above the last, or the frame is larger
   *     than the protocol allows
   * @throws IOException if it cannot be written; the log is closed then, and recovers when opened
   */
  public void append(long seq, byte[] frame) throws IOException {
    if (frame.length > MAX_FRAME_BYTES) {
      throw new IllegalArgumentException(
          "expected at most " + MAX_FRAME_BYTES + " bytes, found a frame of " + frame.length);
    }
    lock.lock();
    try {
      if (closed) {
        throw new IOException("the frame log is closed");
      }
      long lastSeq = segments.getLast().lastSeq();
      if (seq <= lastSeq) {
        throw new IllegalArgumentException(
            "expected a sequence number above " + lastSeq + ", found " + seq);
      }
      byte[] record = Segment.record(seq, frame);
      try {
        write(record);
        segments.getLast().grow(seq, record.length);
        changed.signalAll();
        dropOldest();
      } catch (IOException e) {
        closeAfter(e);
        throw e;
      }
    } finally {
      lock.unlock();
    }
  }

  private void closeAfter(IOException failure) {
    try {
      close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void write(byte[] record) throws IOException {
    Segment newest = segments.getLast();
    if (newest.end() > Segment.HEAD_BYTES && newest.end() >= keptBytes / SEGMENTS) {
      writer.close();
      Segment next = Segment.create(directory, newest.number() + 1, newest.lastSeq());
      segments.add(next);
      writer = openForWriting(next);
    }
    writer.write(record);
  }

  private void dropOldest() throws IOException {
    long held = segments.stream().mapToLong(Segment::end).sum();
    while (segments.size() > 1 && held - segments.getFirst().end() >= keptBytes) {
      Segment oldest = segments.removeFirst();
      held -= oldest.end();
      // Whoever is reading it has it open, and reads it to its end.
      Files.delete(oldest.file());
    }
  }

  /**
   * Begins to read after a sequence number: at the oldest frame held above it.
   *
   * @throws IOException if the log is closed or cannot be read
   */
  public Reader readAfter(long seq) throws IOException {
    lock.lock();
    try {
      if (closed) {
        throw new IOException("the frame log is closed");
      }
      Segment start = segments.getFirst();
      for (Segment segment : segments) {
        if (segment.previousSeq() <= seq) {
          start = segment;
        }
      }
      return new Reader(seq, segments.getFirst().previousSeq(), start);
    } finally {
      lock.unlock();
    }
  }

  /** Begins to read with the next frame that is appended. */
  public Reader readNew() throws IOException {
    lock.lock();
    try {
      return readAfter(segments.getLast().lastSeq());
    } finally {
      lock.unlock();
    }
  }

  /** Ends every reader, and gives the directory back. */
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        changed.signalAll();
        try (lockFile;
            owned) {
          writer.close();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Reads frames in order. Confined to one thread, except {@link #stop} and nudge. */
  public final class Reader implements AutoCloseable {
    private final long droppedThrough;
    private long after;
    private Segment segment;
    private RandomAccessFile file;
    private long offset = Segment.HEAD_BYTES;
    // Guarded by the log's lock.
    private boolean stopped;
    private boolean nudged;

    private Reader(long after, long droppedThrough, Segment start) throws IOException {
      this.after = after;
      this.droppedThrough = droppedThrough;
      this.segment = start;
      this.file = new RandomAccessFile(start.file().toFile(), "r");
    }

    /** What {@link FrameLog#droppedThrough} was when reading began. */
    public long droppedThrough() {
      return droppedThrough;
    }

    /**
     * The next frame, waiting for it if need be.
     *
     * @param limitNanos how long to wait
     * @throws IOException if the file cannot be read
     */
    public Reading next(long limitNanos) throws IOException, InterruptedException {
      while (true) {
        Optional<Reading> other = awaitMore(limitNanos);
        if (other.isPresent()) {
          return other.get();
        }
        Reading.Frame frame = Segment.read(file, offset);
        offset += Segment.RECORD_HEAD_BYTES + frame.bytes().length();
        if (frame.seq() > after) {
          after = frame.seq();
          return frame;
        }
      }
    }

    /** Empty once a record stands at the offset; otherwise why there is none. */
    private Optional<Reading> awaitMore(long limitNanos) throws IOException, InterruptedException {
      lock.lockInterruptibly();
      try {
        long left = limitNanos;
        while (!stopped && !closed) {
          if (nudged) {
            nudged = false;
            return Optional.of(new Reading.Quiet());
          }
          if (offset < segment.end()) {
            return Optional.empty();
          }
          if (segment != segments.getLast()) {
            if (!moveOn()) {
              return Optional.of(new Reading.Overtaken());
            }
          } else if (left <= 0) {
            return Optional.of(new Reading.Quiet());
          } else {
            left = changed.awaitNanos(left);
          }
        }
        return Optional.of(new Reading.Closed());
      } finally {
        lock.unlock();
      }
    }

    /** How many bytes of the log lie between the next frame and the newest, with those. */
    long behindBytes() {
      lock.lock();
      try {
        long behind = segment.end() - offset;
        for (Segment later : segments) {
          behind += later.number() > segment.number() ? later.end() - Segment.HEAD_BYTES : 0;
        }
        return behind;
      } finally {
        lock.unlock();
      }
    }

    private boolean moveOn() throws IOException {
      for (Segment candidate : segments) {
        if (candidate.number() == segment.number() + 1) {
          file.close();
          file = new RandomAccessFile(candidate.file().toFile(), "r");
          segment = candidate;
          offset = Segment.HEAD_BYTES;
          return true;
        }
      }
      return false;
    }

    /** Makes {@link #next} give {@link Reading.Closed}, now and from now on. From any thread. */
    public void stop() {
      lock.lock();
      try {
        stopped = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    /**
     * Makes {@link #next} give {@link Reading.Quiet} once, before any frame that is appended after
     * this call. From any thread.
     */
    void nudge() {
      lock.lock();
      try {
        nudged = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() throws IOException {
      stop();
      file.close();
    }
  }
}
