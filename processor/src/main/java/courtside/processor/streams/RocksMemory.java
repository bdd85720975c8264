package courtside.processor.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.apache.kafka.streams.state.internals.BlockBasedTableConfigWithAccessibleCache;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * The native memory of all stores of one processor: one cache, and write buffers counted in it. It
 * is taken before the first set starts: loading RocksDB takes a second, for which extract need not
 * wait. Thread-safe; closed after the last store.
 */
public final class RocksMemory implements AutoCloseable {
  private static final String CONFIG = "courtside.rocksdb.memory";

  private final long bytes;

  // Guarded by this.
  private @Nullable Taken taken;

  /**
   * A budget of which nothing is taken yet.
   *
   * @param bytes of blocks and write buffers together
   */
  public RocksMemory(long bytes) {
    this.bytes = bytes;
  }

  private record Taken(Cache cache, WriteBufferManager buffers) {
    static Taken of(long bytes) {
      RocksDB.loadLibrary();
      Cache cache = new LRUCache(bytes);
      return new Taken(cache, new WriteBufferManager(bytes / 2, cache));
    }
  }

  /**
   * Takes it, if it is not taken yet.
   *
   * @throws UnsatisfiedLinkError and other errors, if RocksDB cannot be loaded here
   */
  public void load() {
    var _ = take();
  }

  private synchronized Taken take() {
    if (taken == null) {
      taken = Taken.of(bytes);
    }
    return taken;
  }

  /** Adds what makes the stores of an application use this memory. */
  void addTo(Map<String, Object> streams) {
    streams.put(
        org.apache.kafka.streams.StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, Setter.class);
    streams.put(CONFIG, this);
  }

  @Override
  public synchronized void close() {
    if (taken != null) {
      taken.buffers().close();
      taken.cache().close();
    }
  }

  /** Made by Streams, once for each store. */
  public static final class Setter implements RocksDBConfigSetter {
    private static final int WRITE_BUFFER_BYTES = 4 << 20;

    @Override
    public void setConfig(String store, Options options, Map<String, Object> configs) {
      if (!(configs.get(CONFIG) instanceof RocksMemory memory)) {
        throw new IllegalStateException("expected the shared memory in " + CONFIG);
      }
      Taken taken = memory.take();
      var table = (BlockBasedTableConfigWithAccessibleCache) options.tableFormatConfig();
      // Made by Streams for this store alone, and not needed.
      table.blockCache().close();
      table.setBlockCache(taken.cache());
      table.setCacheIndexAndFilterBlocks(true);
      options.setTableFormatConfig(table);
      options.setWriteBufferManager(taken.buffers());
      options.setWriteBufferSize(WRITE_BUFFER_BYTES);
      options.setMaxWriteBufferNumber(2);
      options.setCompressionType(CompressionType.LZ4_COMPRESSION);
    }

    @Override
    public void close(String store, Options options) {
      // What the stores share outlives each of them.
    }
  }
}
