package courtside.feedapi.seen;

import courtside.atproto.Bytes;
import courtside.atproto.syntax.Did;
import courtside.feedapi.seen.SeenEntries.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * What viewers have seen, on disk: one value for each viewer, and how far the log is read. What one
 * poll changed is one atomic batch with its offsets, so that a kill at any moment leaves the store
 * as some poll left it. It may be closed at any time and opened again. Thread-safe; written by one
 * thread, the feeder's.
 */
final class SeenStore implements AutoCloseable {
  private static final String LAYOUT = "1";
  private static final byte[] LAYOUT_KEY = utf8("m/layout");
  private static final byte[] TOPIC_ID_KEY = utf8("m/topic-id");
  private static final byte[] VIEWERS_KEY = utf8("m/viewers");
  private static final String OFFSET_PREFIX = "m/offset/";
  private static final String VIEWER_PREFIX = "v/";
  private static final byte[] FIRST_VIEWER = utf8(VIEWER_PREFIX);
  private static final String DISCARDED = "discarded";

  /** Most viewers that one purge looks at. */
  private static final int MOST_LOOKED_AT = 4_096;

  /** Of those that a purge looks at, one in so many makes room for others at most. */
  private static final int STALEST = 4;

  private final Path directory;
  private final long writeBufferBytes;
  private final AtomicLong viewers = new AtomicLong();
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** Null while closed. Guarded by the lock: used under the read lock, replaced under the other. */
  private @Nullable SeenDatabase database;

  private volatile boolean damaged;

  /** Where the next purge begins. Confined to the feeder's thread. */
  private byte[] purgeFrom = FIRST_VIEWER;

  /**
   * A store that is closed.
   *
   * @param directory the store's own, made where it does not exist
   * @param writeBufferBytes of each buffer, in memory before it is written to the disk
   */
  SeenStore(Path directory, long writeBufferBytes) {
    this.directory = directory;
    this.writeBufferBytes = writeBufferBytes;
  }

  /**
   * Opens what is on disk, or makes it; does nothing where it is open.
   *
   * @throws SeenStoreException if it cannot be opened
   */
  void open() {
    lock.writeLock().lock();
    try {
      if (database == null) {
        database = openDatabase();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Throws everything away and begins with an empty store. */
  void discard() {
    lock.writeLock().lock();
    try {
      closeDatabase();
      discardFiles();
      database = openDatabase();
      purgeFrom = FIRST_VIEWER;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Whether anybody came upon damage. */
  boolean damaged() {
    return damaged;
  }

  /** How many viewers are remembered. */
  long viewers() {
    return viewers.get();
  }

  /**
   * What a viewer has seen. Never waits: there is nothing while the store is closed or is opened.
   *
   * @throws SeenStoreException if it cannot be read
   */
  SeenEntries entries(Did viewer) {
    if (!lock.readLock().tryLock()) {
      return SeenEntries.NONE;
    }
    try {
      return database == null
          ? SeenEntries.NONE
          : read(db -> entries(db, key(viewer))).orElse(SeenEntries.NONE);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The topic that the store was filled from. */
  Optional<String> topicId() {
    return read(db ->
        Optional.ofNullable(db.rocks().get(TOPIC_ID_KEY))
            .map(value -> new String(value, StandardCharsets.UTF_8)));
  }

  /** Says which topic the store is filled from. */
  void begin(String topicId) {
    var _ =
        read(db -> {
          db.rocks().put(db.write(), TOPIC_ID_KEY, utf8(topicId));
          return true;
        });
  }

  /** The next offset of each partition that was ever read. */
  Map<Integer, Long> offsets() {
    return read(db -> {
      Map<Integer, Long> offsets = new HashMap<>();
      try (RocksIterator iterator = db.rocks().newIterator()) {
        for (iterator.seek(utf8(OFFSET_PREFIX)); iterator.isValid(); iterator.next()) {
          String key = new String(iterator.key(), StandardCharsets.UTF_8);
          if (!key.startsWith(OFFSET_PREFIX)) {
            break;
          }
          offsets.put(
              Integer.parseInt(key.substring(OFFSET_PREFIX.length())), number(iterator.value()));
        }
        iterator.status();
      }
      return offsets;
    });
  }

  /**
   * Adds what viewers have seen, all of it in one batch with the offsets that follow it.
   *
   * @param most how many addresses of each viewer are kept
   * @param after what was seen later than this second is kept
   */
  void apply(Map<Did, List<Report>> reports, Map<Integer, Long> offsets, int most, long after) {
    if (reports.isEmpty() && offsets.isEmpty()) {
      return;
    }
    var _ =
        read(db -> {
          try (WriteBatch batch = new WriteBatch()) {
            long count = viewers.get();
            for (Map.Entry<Did, List<Report>> reported : reports.entrySet()) {
              byte[] key = key(reported.getKey());
              Optional<SeenEntries> held = entries(db, key);
              SeenEntries merged =
                  held.orElse(SeenEntries.NONE).with(reported.getValue(), most, after);
              if (!merged.isEmpty()) {
                batch.put(key, merged.encode());
                count += held.isEmpty() ? 1 : 0;
              } else if (held.isPresent()) {
                batch.delete(key);
                count--;
              }
            }
            for (Map.Entry<Integer, Long> offset : offsets.entrySet()) {
              batch.put(utf8(OFFSET_PREFIX + offset.getKey()), bytes(offset.getValue()));
            }
            write(db, batch, count);
          }
          return true;
        });
  }

  /**
   * Looks at the next viewers, in the order of their DIDs and from the first again after the last.
   * Those go of whom all is too old; and, where there are more viewers than may be, those who have
   * reported nothing for the longest among those looked at.
   *
   * @param look how many to look at; more where there are too many viewers
   * @param most how many viewers may be remembered
   * @param after what was seen later than this second is kept
   */
  void purge(int look, long most, long after) {
    var _ =
        read(db -> {
          long excess = Math.max(0, viewers.get() - most);
          List<Viewer> found =
              next(db, (int) Math.min(MOST_LOOKED_AT, Math.max(look, excess * STALEST)));
          found.sort(Comparator.comparingLong(Viewer::newest));
          long stalest = Math.min(excess, found.size() / STALEST + 1);
          try (WriteBatch batch = new WriteBatch()) {
            long count = viewers.get();
            for (int n = 0; n < found.size(); n++) {
              if (n < stalest || found.get(n).newest() <= after) {
                batch.delete(found.get(n).key().toArray());
                count--;
              }
            }
            if (count != viewers.get()) {
              write(db, batch, count);
            }
          }
          return true;
        });
  }

  private record Viewer(Bytes key, long newest) {}

  private List<Viewer> next(SeenDatabase db, int most) throws RocksDBException {
    List<Viewer> found = new ArrayList<>();
    try (RocksIterator iterator = db.rocks().newIterator()) {
      iterator.seek(purgeFrom);
      while (iterator.isValid() && found.size() < most) {
        found.add(new Viewer(Bytes.of(iterator.key()), SeenEntries.newest(iterator.value())));
        iterator.next();
      }
      iterator.status();
      purgeFrom = iterator.isValid() ? iterator.key() : FIRST_VIEWER;
    }
    return found;
  }

  private void write(SeenDatabase db, WriteBatch batch, long count) throws RocksDBException {
    batch.put(VIEWERS_KEY, bytes(count));
    db.rocks().write(db.write(), batch);
    // Only what is written is true.
    viewers.set(count);
  }

  /** Everything that viewers have seen, encoded, by DID. For tests: reads the whole store. */
  Map<String, byte[]> all() {
    return read(db -> {
      Map<String, byte[]> all = new HashMap<>();
      try (RocksIterator iterator = db.rocks().newIterator()) {
        for (iterator.seek(FIRST_VIEWER); iterator.isValid(); iterator.next()) {
          all.put(
              new String(iterator.key(), StandardCharsets.UTF_8).substring(VIEWER_PREFIX.length()),
              iterator.value());
        }
        iterator.status();
      }
      return all;
    });
  }

  /** Puts something in the place of what a viewer has seen. For tests. */
  void put(Did viewer, byte[] value) {
    var _ =
        read(db -> {
          db.rocks().put(db.write(), key(viewer), value);
          return true;
        });
  }

  private static Optional<SeenEntries> entries(SeenDatabase db, byte[] key)
      throws RocksDBException {
    return Optional.ofNullable(db.rocks().get(key)).map(SeenEntries::decode);
  }

  private interface Reading<T> {
    T from(SeenDatabase db) throws RocksDBException;
  }

  private <T> T read(Reading<T> reading) {
    Lock shared = lock.readLock();
    shared.lock();
    try {
      SeenDatabase db = database;
      if (db == null) {
        throw new SeenStoreException("the store is closed", false);
      }
      return reading.from(db);
    } catch (RocksDBException e) {
      SeenStoreException failure =
          new SeenStoreException("the store in " + directory + " failed", e);
      damaged |= failure.damaged();
      throw failure;
    } catch (SeenStoreException e) {
      damaged |= e.damaged();
      throw e;
    } finally {
      shared.unlock();
    }
  }

  private void closeDatabase() {
    if (database != null) {
      database.close();
      database = null;
    }
  }

  private SeenDatabase openDatabase() {
    try {
      removeDiscarded();
      Files.createDirectories(directory);
      SeenDatabase opened = SeenDatabase.open(directory, writeBufferBytes);
      try {
        requireLayout(opened);
        byte[] count = opened.rocks().get(VIEWERS_KEY);
        viewers.set(count == null ? 0 : number(count));
        damaged = false;
        return opened;
      } catch (RocksDBException | RuntimeException e) {
        opened.close();
        throw e;
      }
    } catch (RocksDBException | IOException e) {
      throw new SeenStoreException("the store in " + directory + " cannot be opened", e);
    }
  }

  private static void requireLayout(SeenDatabase opened) throws RocksDBException {
    byte[] layout = opened.rocks().get(LAYOUT_KEY);
    if (layout == null) {
      opened.rocks().put(opened.write(), LAYOUT_KEY, utf8(LAYOUT));
    } else if (!LAYOUT.equals(new String(layout, StandardCharsets.UTF_8))) {
      throw new SeenStoreException("the store was written by another version", true);
    }
  }

  /** Renames before deleting, as a store half deleted could look like a whole one. */
  private void discardFiles() {
    try {
      removeDiscarded();
      if (Files.exists(directory)) {
        Files.move(directory, discarded());
      }
      removeDiscarded();
    } catch (IOException e) {
      throw new SeenStoreException("the store in " + directory + " cannot be thrown away", e);
    }
  }

  private void removeDiscarded() throws IOException {
    if (!Files.exists(discarded())) {
      return;
    }
    try (Stream<Path> files = Files.walk(discarded())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      // From within the walk.
      throw e.getCause();
    }
  }

  private Path discarded() {
    return directory.resolveSibling(directory.getFileName() + "." + DISCARDED);
  }

  private static byte[] key(Did viewer) {
    return utf8(VIEWER_PREFIX + viewer.value());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static long number(byte[] value) {
    if (value.length != Long.BYTES) {
      throw new SeenStoreException(
          "expected a number, found %d bytes".formatted(value.length), true);
    }
    return ByteBuffer.wrap(value).getLong();
  }

  private static byte[] bytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      closeDatabase();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
