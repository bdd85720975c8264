package courtside.feedapi.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * One open RocksDB and its column families. Thread-safe while it is open; whoever closes it makes
 * sure that nobody uses it, as native code would crash the process.
 */
final class Database implements AutoCloseable {
  private static final long CACHE_BYTES = 64L << 20;

  /** Of each column family, in memory before it is written to the disk. */
  static final long WRITE_BUFFER_BYTES = 16L << 20;

  /** The families before those of {@link Kept}: meta, items and index. */
  private static final int FIRST_KEPT = 3;

  private final RocksDB rocks;
  private final List<ColumnFamilyHandle> handles;
  private final Map<Kept, ColumnFamilyHandle> kept = new EnumMap<>(Kept.class);
  private final List<AbstractNativeReference> owned;
  private final WriteOptions write;
  private final boolean writable;

  private Database(
      RocksDB rocks,
      List<ColumnFamilyHandle> handles,
      List<AbstractNativeReference> owned,
      boolean writable) {
    this.rocks = rocks;
    this.handles = handles;
    this.owned = owned;
    this.writable = writable;
    this.write = new WriteOptions();
    owned.addFirst(write);
    Iterator<ColumnFamilyHandle> places = handles.listIterator(FIRST_KEPT);
    for (Kept place : Kept.values()) {
      kept.put(place, places.next());
    }
  }

  /** Opens what is there, or makes it. */
  static Database open(Path directory, long writeBufferBytes) throws RocksDBException {
    return open(directory, writeBufferBytes, true);
  }

  /** Opens what is there without writing anything, not even what opening would write. */
  static Database openForReading(Path directory) throws RocksDBException {
    return open(directory, WRITE_BUFFER_BYTES, false);
  }

  private static Database open(Path directory, long writeBufferBytes, boolean writable)
      throws RocksDBException {
    RocksDB.loadLibrary();
    List<AbstractNativeReference> owned = new ArrayList<>();
    LRUCache cache = new LRUCache(CACHE_BYTES);
    BloomFilter filter = new BloomFilter(10);
    ColumnFamilyOptions family =
        new ColumnFamilyOptions()
            .setWriteBufferSize(writeBufferBytes)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setTableFormatConfig(
                new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(filter));
    DBOptions options =
        new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            // Items, index and offsets reach the disk together even if the write-ahead log is lost.
            .setAtomicFlush(true)
            .setMaxTotalWalSize(64L << 20)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setMaxLogFileSize(1L << 20)
            .setKeepLogFileNum(2);
    owned.add(options);
    owned.add(family);
    owned.add(filter);
    owned.add(cache);
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try {
      List<ColumnFamilyDescriptor> families = new ArrayList<>();
      families.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, family));
      families.add(new ColumnFamilyDescriptor("items".getBytes(StandardCharsets.UTF_8), family));
      families.add(new ColumnFamilyDescriptor("index".getBytes(StandardCharsets.UTF_8), family));
      for (Kept kept : Kept.values()) {
        families.add(
            new ColumnFamilyDescriptor(kept.family().getBytes(StandardCharsets.UTF_8), family));
      }
      RocksDB rocks =
          writable
              ? RocksDB.open(options, directory.toString(), families, handles)
              : RocksDB.openReadOnly(options, directory.toString(), families, handles);
      return new Database(rocks, handles, owned, writable);
    } catch (RocksDBException | RuntimeException e) {
      owned.forEach(AbstractNativeReference::close);
      throw e;
    }
  }

  RocksDB rocks() {
    return rocks;
  }

  boolean writable() {
    return writable;
  }

  /** Without a sync: a killed process loses nothing, a killed machine only whole batches. */
  WriteOptions write() {
    return write;
  }

  /** Offsets, notes, and which versions are served. */
  ColumnFamilyHandle meta() {
    return handles.get(0);
  }

  ColumnFamilyHandle items() {
    return handles.get(1);
  }

  ColumnFamilyHandle index() {
    return handles.get(2);
  }

  ColumnFamilyHandle kept(Kept place) {
    return Objects.requireNonNull(kept.get(place));
  }

  @Override
  public void close() {
    handles.forEach(AbstractNativeReference::close);
    rocks.close();
    owned.forEach(AbstractNativeReference::close);
  }
}
