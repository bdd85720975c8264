package courtside.feedapi.seen;

import java.nio.file.Path;
import java.util.List;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * One open RocksDB: 8 MB of cache, filters included, and 16 MB of buffers, outside of the heap.
 * Thread-safe while it is open; whoever closes it makes sure that nobody uses it, as native code
 * would crash the process.
 */
final class SeenDatabase implements AutoCloseable {
  private static final long CACHE_BYTES = 8L << 20;
  private static final int WRITE_BUFFERS = 2;

  /** Of each buffer, in memory before it is written to the disk. */
  static final long WRITE_BUFFER_BYTES = 8L << 20;

  private final RocksDB rocks;
  private final WriteOptions write = new WriteOptions();
  private final List<AbstractNativeReference> owned;

  private SeenDatabase(RocksDB rocks, List<AbstractNativeReference> owned) {
    this.rocks = rocks;
    this.owned = owned;
  }

  /** Opens what is there, or makes it. */
  static SeenDatabase open(Path directory, long writeBufferBytes) throws RocksDBException {
    RocksDB.loadLibrary();
    LRUCache cache = new LRUCache(CACHE_BYTES);
    BloomFilter filter = new BloomFilter(10);
    Options options =
        new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(writeBufferBytes)
            .setMaxWriteBufferNumber(WRITE_BUFFERS)
            // Hashes do not become smaller.
            .setCompressionType(CompressionType.NO_COMPRESSION)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(cache)
                    .setCacheIndexAndFilterBlocks(true)
                    .setFilterPolicy(filter))
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setMaxLogFileSize(1L << 20)
            .setKeepLogFileNum(2);
    List<AbstractNativeReference> owned = List.of(options, filter, cache);
    try {
      return new SeenDatabase(RocksDB.open(options, directory.toString()), owned);
    } catch (RocksDBException | RuntimeException e) {
      owned.forEach(AbstractNativeReference::close);
      throw e;
    }
  }

  RocksDB rocks() {
    return rocks;
  }

  /** Without a sync: a killed process loses nothing, a killed machine only whole batches. */
  WriteOptions write() {
    return write;
  }

  @Override
  public void close() {
    rocks.close();
    write.close();
    owned.forEach(AbstractNativeReference::close);
  }
}
