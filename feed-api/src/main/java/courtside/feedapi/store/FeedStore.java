package courtside.feedapi.store;

import courtside.atproto.Bytes;
import courtside.eventlog.feed.FeedItem;
import courtside.eventlog.feed.FeedVersion;
import courtside.feedapi.store.Changes.Item;
import courtside.feedapi.store.Changes.ItemChange;
import courtside.feedapi.store.Order.Move;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feeds on disk: items by key, their order, definitions, what is blocked, and how far the log
 * is read. What one poll changed is one atomic batch with its offsets, so that a kill at any moment
 * leaves the store as some poll left it. Thread-safe; written by one thread, the feeder's.
 */
public final class FeedStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedStore.class);

  private static final String LAYOUT = "3";
  private static final String LAYOUT_KEY = "layout";
  private static final String TOPIC_ID_KEY = "topic-id";
  private static final String BEGUN_KEY = "begun";
  private static final String STOOD_AT_END_KEY = "stood-at-end";
  private static final String COUNT_PREFIX = "count/";
  private static final String OFFSET_PREFIX = "offset/";
  private static final String SERVING_PREFIX = "serving/";
  private static final String DISCARDED = "discarded";

  private static final List<String> MEMORY_OF_EACH_FAMILY =
      List.of("rocksdb.cur-size-all-mem-tables", "rocksdb.estimate-table-readers-mem");

  private final Path directory;
  private final long writeBufferBytes;

  /** How many items each version has, where it has any. */
  private final Map<FeedVersion, Long> counts = new ConcurrentHashMap<>();

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** Null once closed. Guarded by the lock: used under the read lock, replaced under the other. */
  private @Nullable Database database;

  private volatile boolean damaged;

  private FeedStore(Path directory, long writeBufferBytes) {
    this.directory = directory;
    this.writeBufferBytes = writeBufferBytes;
  }

  /**
   * Opens what is on disk; what cannot be read is thrown away.
   *
   * @param directory the store's own, made where it does not exist
   * @param discarded told when a store was thrown away
   * @throws StoreException if it can be neither opened nor made
   * @throws UncheckedIOException if the directory cannot be written
   */
  static FeedStore open(Path directory, Runnable discarded) {
    return open(directory, Database.WRITE_BUFFER_BYTES, discarded);
  }

  /**
   * Opens with another buffer.
   *
   * @param writeBufferBytes of each column family, in memory before it is written to the disk
   */
  static FeedStore open(Path directory, long writeBufferBytes, Runnable discarded) {
    FeedStore store = new FeedStore(directory, writeBufferBytes);
    store.removeDiscarded();
    try {
      store.database = store.openDatabase(store::openForWriting);
    } catch (StoreException e) {
      if (!e.damaged()) {
        throw e;
      }
      LOG.atError()
          .setCause(e)
          .addKeyValue("path", directory)
          .log("store is damaged and thrown away");
      store.discardFiles();
      discarded.run();
      store.database = store.openDatabase(store::openForWriting);
    }
    return store;
  }

  /** Throws everything away and begins with an empty store. */
  void discard() {
    lock.writeLock().lock();
    try {
      closeDatabase();
      discardFiles();
      database = openDatabase(this::openForWriting);
      damaged = false;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /**
   * Closes and opens again, which clears what a full disk leaves behind in memory. Where it cannot
   * be opened for writing it can still be read, if that is possible without writing.
   *
   * @throws StoreException if it cannot be written
   */
  void reopen() {
    lock.writeLock().lock();
    try {
      closeDatabase();
      database = openDatabase(this::openForWriting);
    } catch (StoreException e) {
      if (!e.damaged()) {
        tryToOpenForReading(e);
      }
      throw e;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** From here on, until it is opened again, nothing can be written. */
  void openForReading() {
    lock.writeLock().lock();
    try {
      closeDatabase();
      database = openDatabase(Database::openForReading);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void tryToOpenForReading(StoreException unwritable) {
    try {
      openForReading();
    } catch (StoreException e) {
      unwritable.addSuppressed(e);
    }
  }

  /** Whether a reader came upon damage. */
  boolean damaged() {
    return damaged;
  }

  /** How many items there are, over all versions. */
  public long items() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many items one version has. */
  long items(FeedVersion version) {
    return counts.getOrDefault(version, 0L);
  }

  /** Bytes of native memory that RocksDB takes: its cache, what is not on disk yet, and indexes. */
  long memoryBytes() {
    return read(db -> {
      long bytes = db.rocks().getLongProperty(db.items(), "rocksdb.block-cache-usage");
      for (String property : MEMORY_OF_EACH_FAMILY) {
        bytes += db.rocks().getAggregatedLongProperty(property);
      }
      return bytes;
    });
  }

  /**
   * Items of one version below a position, newest first.
   *
   * @param after where to begin; null for the newest
   * @param wanted which to return
   * @param most how many to return at most
   * @param examined how many to look at, at most
   */
  Scan newest(
      FeedVersion version,
      @Nullable Position after,
      Predicate<FeedEntry> wanted,
      int most,
      int examined) {
    byte[] prefix = IndexKey.prefix(version);
    byte[] from = after == null ? IndexKey.above(version) : IndexKey.of(version, after);
    return read(db -> {
      List<FeedEntry> found = new ArrayList<>(Math.min(most, 256));
      @Nullable Position last = null;
      try (RocksIterator iterator = db.rocks().newIterator(db.index())) {
        iterator.seekForPrev(from);
        if (iterator.isValid() && Arrays.equals(iterator.key(), from)) {
          iterator.prev();
        }
        for (int looked = 0; iterator.isValid() && found.size() < most; looked++) {
          byte[] key = iterator.key();
          if (!IndexKey.startsWith(key, prefix)) {
            break;
          }
          if (looked == examined) {
            return new Scan(found, Optional.ofNullable(last));
          }
          last = IndexKey.position(key, prefix.length);
          FeedEntry entry = new FeedEntry(last, ByteBuffer.wrap(iterator.value()).getLong());
          if (wanted.test(entry)) {
            found.add(entry);
          }
          iterator.prev();
        }
        iterator.status();
      }
      return new Scan(found, Optional.empty());
    });
  }

  /**
   * What a scan found.
   *
   * @param stoppedAt the last position looked at, where the limit on those ended the scan
   */
  record Scan(List<FeedEntry> entries, Optional<Position> stoppedAt) {}

  /** How many items of a version lie at or above a position, counted up to a bound. */
  int countFrom(FeedVersion version, Position least, int most) {
    byte[] prefix = IndexKey.prefix(version);
    return read(db -> {
      int count = 0;
      try (RocksIterator iterator = db.rocks().newIterator(db.index())) {
        iterator.seek(IndexKey.of(version, least));
        while (count < most && iterator.isValid() && IndexKey.startsWith(iterator.key(), prefix)) {
          count++;
          iterator.next();
        }
        iterator.status();
      }
      return count;
    });
  }

  /** One item. */
  Optional<FeedItem> item(FeedVersion version, String uri) {
    return read(db -> {
      byte[] value = db.rocks().get(db.items(), utf8(version.itemKey(uri)));
      return value == null ? Optional.empty() : Optional.of(stored(value));
    });
  }

  /** The next offset of each partition of {@code feed.items} that was ever read. */
  Map<Integer, Long> offsets() {
    return read(db -> {
      Map<Integer, Long> offsets = new HashMap<>();
      each(
          db,
          db.meta(),
          OFFSET_PREFIX,
          (key, value) -> offsets.put(Integer.parseInt(key), ByteBuffer.wrap(value).getLong()));
      return offsets;
    });
  }

  /** What is kept of a small topic. */
  Map<String, Bytes> kept(Kept place) {
    return read(db -> {
      Map<String, Bytes> kept = new HashMap<>();
      each(db, db.kept(place), "", (key, value) -> kept.put(key, Bytes.of(value)));
      return kept;
    });
  }

  /** The version that is served of each feed. */
  Map<String, String> serving() {
    return read(db -> {
      Map<String, String> serving = new HashMap<>();
      each(
          db,
          db.meta(),
          SERVING_PREFIX,
          (key, value) -> serving.put(key, new String(value, StandardCharsets.UTF_8)));
      return serving;
    });
  }

  /** The topic that the store was filled from. */
  Optional<String> topicId() {
    return meta(TOPIC_ID_KEY).map(value -> new String(value, StandardCharsets.UTF_8));
  }

  /** When the filling began. */
  Optional<Instant> begun() {
    return meta(BEGUN_KEY).map(FeedStore::instant);
  }

  /** When the store was last known to stand at the end of every partition; empty before that. */
  Optional<Instant> stoodAtEnd() {
    return meta(STOOD_AT_END_KEY).map(FeedStore::instant);
  }

  /**
   * Writes everything in one batch.
   *
   * @return how items have moved, by version
   */
  Map<FeedVersion, List<Move>> apply(Changes changes) {
    if (changes.isEmpty()) {
      return Map.of();
    }
    Map<FeedVersion, List<Move>> moves = new HashMap<>();
    read(db -> {
      if (!db.writable()) {
        throw new StoreException("the store in " + directory + " is open for reading alone", false);
      }
      try (WriteBatch batch = new WriteBatch()) {
        for (Map.Entry<String, ItemChange> change : changes.items().entrySet()) {
          put(db, batch, change.getKey(), change.getValue(), moves);
        }
        Map<FeedVersion, Long> counted = counted(moves);
        for (Map.Entry<FeedVersion, Long> count : counted.entrySet()) {
          putCount(db, batch, count.getKey(), count.getValue());
        }
        for (Map.Entry<Kept, Map<String, Bytes>> change : changes.replaced().entrySet()) {
          replace(db, batch, db.kept(change.getKey()), change.getValue());
        }
        for (Map.Entry<Kept, Map<String, Optional<Bytes>>> change : changes.kept().entrySet()) {
          keep(batch, db.kept(change.getKey()), change.getValue());
        }
        for (Map.Entry<Integer, Long> offset : changes.offsets().entrySet()) {
          batch.put(db.meta(), utf8(OFFSET_PREFIX + offset.getKey()), bytes(offset.getValue()));
        }
        if (changes.serving().isPresent()) {
          putServing(db, batch, changes.serving().get());
        }
        if (changes.topicId().isPresent()) {
          batch.put(db.meta(), utf8(TOPIC_ID_KEY), utf8(changes.topicId().get()));
        }
        if (changes.begun().isPresent()) {
          batch.put(db.meta(), utf8(BEGUN_KEY), bytes(changes.begun().get().toEpochMilli()));
        }
        if (changes.stoodAtEnd().isPresent()) {
          batch.put(
              db.meta(), utf8(STOOD_AT_END_KEY), bytes(changes.stoodAtEnd().get().toEpochMilli()));
        }
        db.rocks().write(db.write(), batch);
        counted.forEach(this::count);
        return moves;
      }
    });
    return moves;
  }

  /** How many items the versions have after these moves. */
  private Map<FeedVersion, Long> counted(Map<FeedVersion, List<Move>> moves) {
    Map<FeedVersion, Long> counted = new HashMap<>();
    moves.forEach((version, ofVersion) -> {
      long more = ofVersion.stream().mapToLong(move -> move.to().isPresent() ? 1 : 0).sum();
      long fewer = ofVersion.stream().mapToLong(move -> move.from().isPresent() ? 1 : 0).sum();
      if (more != fewer) {
        counted.put(version, items(version) + more - fewer);
      }
    });
    return counted;
  }

  private static void putCount(Database db, WriteBatch batch, FeedVersion version, long count)
      throws RocksDBException {
    byte[] key = utf8(COUNT_PREFIX + version.key());
    if (count == 0) {
      batch.delete(db.meta(), key);
    } else {
      batch.put(db.meta(), key, bytes(count));
    }
  }

  private void count(FeedVersion version, long count) {
    if (count == 0) {
      counts.remove(version);
    } else {
      counts.put(version, count);
    }
  }

  private static void put(
      Database db,
      WriteBatch batch,
      String itemKey,
      ItemChange change,
      Map<FeedVersion, List<Move>> moves)
      throws RocksDBException {
    byte[] key = utf8(itemKey);
    byte[] held = db.rocks().get(db.items(), key);
    Optional<Position> from = Optional.empty();
    if (held != null) {
      Position old = new Position(stored(held).sortAt().toEpochMilli(), change.uri());
      batch.delete(db.index(), IndexKey.of(change.version(), old));
      from = Optional.of(old);
    }
    Optional<FeedEntry> to = Optional.empty();
    if (change.item().isPresent()) {
      Item item = change.item().get();
      Position position = new Position(item.decoded().sortAt().toEpochMilli(), change.uri());
      long expiresAt = item.decoded().expiresAt().toEpochMilli();
      batch.put(db.items(), key, item.encoded().toArray());
      batch.put(db.index(), IndexKey.of(change.version(), position), bytes(expiresAt));
      to = Optional.of(new FeedEntry(position, expiresAt));
    } else if (held != null) {
      batch.delete(db.items(), key);
    }
    if (from.isPresent() || to.isPresent()) {
      moves.computeIfAbsent(change.version(), _ -> new ArrayList<>()).add(new Move(from, to));
    }
  }

  /** Writes what is different alone: at most starts that is nothing. */
  private static void replace(
      Database db, WriteBatch batch, ColumnFamilyHandle family, Map<String, Bytes> whole)
      throws RocksDBException {
    Map<String, Bytes> missing = new HashMap<>(whole);
    List<String> gone = new ArrayList<>();
    each(
        db,
        family,
        "",
        (key, value) -> {
          if (!whole.containsKey(key)) {
            gone.add(key);
          } else if (Bytes.of(value).equals(whole.get(key))) {
            missing.remove(key);
          }
        });
    for (String key : gone) {
      batch.delete(family, utf8(key));
    }
    for (Map.Entry<String, Bytes> entry : missing.entrySet()) {
      batch.put(family, utf8(entry.getKey()), entry.getValue().toArray());
    }
  }

  private static void keep(
      WriteBatch batch, ColumnFamilyHandle family, Map<String, Optional<Bytes>> changes)
      throws RocksDBException {
    for (Map.Entry<String, Optional<Bytes>> change : changes.entrySet()) {
      if (change.getValue().isPresent()) {
        batch.put(family, utf8(change.getKey()), change.getValue().get().toArray());
      } else {
        batch.delete(family, utf8(change.getKey()));
      }
    }
  }

  private static void putServing(Database db, WriteBatch batch, Map<String, String> serving)
      throws RocksDBException {
    List<String> held = new ArrayList<>();
    each(db, db.meta(), SERVING_PREFIX, (feed, version) -> held.add(feed));
    for (String feed : held) {
      if (!serving.containsKey(feed)) {
        batch.delete(db.meta(), utf8(SERVING_PREFIX + feed));
      }
    }
    for (Map.Entry<String, String> entry : serving.entrySet()) {
      batch.put(db.meta(), utf8(SERVING_PREFIX + entry.getKey()), utf8(entry.getValue()));
    }
  }

  /** Every item's key, in the order of keys. For tests and inspection: reads the whole store. */
  List<String> itemKeys() {
    return read(db -> {
      List<String> keys = new ArrayList<>();
      each(db, db.items(), "", (key, value) -> keys.add(key));
      return keys;
    });
  }

  /** The item's key of every entry of the index, in no order. Reads the whole store. */
  List<String> indexedKeys() {
    return read(db -> {
      List<String> keys = new ArrayList<>();
      try (RocksIterator iterator = db.rocks().newIterator(db.index())) {
        for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
          byte[] key = iterator.key();
          int prefix = prefixLength(key);
          keys.add(
              new String(key, 0, prefix, StandardCharsets.UTF_8)
                  + IndexKey.position(key, prefix).uri());
        }
        iterator.status();
      }
      return keys;
    });
  }

  /** Up to and with the second separator. */
  private static int prefixLength(byte[] key) {
    int at = 0;
    for (int separators = 0; separators < 2; at++) {
      if (key[at] == '/') {
        separators++;
      }
    }
    return at;
  }

  private Optional<byte[]> meta(String key) {
    return read(db -> Optional.ofNullable(db.rocks().get(db.meta(), utf8(key))));
  }

  private static void each(
      Database db, ColumnFamilyHandle family, String prefix, BiConsumer<String, byte[]> action)
      throws RocksDBException {
    try (RocksIterator iterator = db.rocks().newIterator(family)) {
      for (iterator.seek(utf8(prefix)); iterator.isValid(); iterator.next()) {
        String key = new String(iterator.key(), StandardCharsets.UTF_8);
        if (!key.startsWith(prefix)) {
          break;
        }
        action.accept(key.substring(prefix.length()), iterator.value());
      }
      iterator.status();
    }
  }

  /** What this store itself wrote; anything else is damage. */
  private static FeedItem stored(byte[] value) {
    try {
      return FeedItem.FORMAT.decode(value);
    } catch (SerializationException e) {
      throw new StoreException("an item in the store cannot be read", true);
    }
  }

  private interface Reading<T> {
    T from(Database db) throws RocksDBException;
  }

  private <T> T read(Reading<T> reading) {
    Lock shared = lock.readLock();
    shared.lock();
    try {
      Database db = database;
      if (db == null) {
        throw new StoreException("the store is closed", false);
      }
      return reading.from(db);
    } catch (RocksDBException e) {
      StoreException failure = new StoreException("the store in " + directory + " failed", e);
      damaged |= failure.damaged();
      throw failure;
    } catch (StoreException e) {
      damaged |= e.damaged();
      throw e;
    } finally {
      shared.unlock();
    }
  }

  private Database openForWriting(Path path) throws RocksDBException {
    return Database.open(path, writeBufferBytes);
  }

  private void closeDatabase() {
    if (database != null) {
      database.close();
      database = null;
    }
  }

  private interface Opening {
    Database open(Path directory) throws RocksDBException;
  }

  private Database openDatabase(Opening opening) {
    try {
      Files.createDirectories(directory);
      Database opened = opening.open(directory);
      try {
        readLayout(opened);
        counts.clear();
        each(
            opened,
            opened.meta(),
            COUNT_PREFIX,
            (key, value) -> counts.put(FeedVersion.read(key), ByteBuffer.wrap(value).getLong()));
        return opened;
      } catch (RocksDBException | RuntimeException e) {
        opened.close();
        throw e;
      }
    } catch (RocksDBException e) {
      throw new StoreException("the store in " + directory + " cannot be opened", e);
    } catch (IOException e) {
      throw new UncheckedIOException("the store's directory cannot be made: " + directory, e);
    }
  }

  private static void readLayout(Database opened) throws RocksDBException {
    byte[] layout = opened.rocks().get(opened.meta(), utf8(LAYOUT_KEY));
    if (layout == null && opened.writable()) {
      opened.rocks().put(opened.meta(), opened.write(), utf8(LAYOUT_KEY), utf8(LAYOUT));
    } else if (layout == null || !LAYOUT.equals(new String(layout, StandardCharsets.UTF_8))) {
      throw new StoreException("the store was written by another version", true);
    }
  }

  /** Renames before deleting, as a store half deleted could look like a whole one. */
  private void discardFiles() {
    try {
      if (Files.exists(directory)) {
        Files.move(directory, directory.resolveSibling(directory.getFileName() + "." + DISCARDED));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the store cannot be thrown away: " + directory, e);
    }
    removeDiscarded();
  }

  private void removeDiscarded() {
    Path discarded = directory.resolveSibling(directory.getFileName() + "." + DISCARDED);
    if (!Files.exists(discarded)) {
      return;
    }
    try (Stream<Path> files = Files.walk(discarded)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot be deleted: " + discarded, e);
    }
  }

  private static Instant instant(byte[] value) {
    return Instant.ofEpochMilli(ByteBuffer.wrap(value).getLong());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
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
