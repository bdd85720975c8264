package courtside.feedapi.seen;

import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** The store on disk could not be read or written. */
final class SeenStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean damaged;

  SeenStoreException(String message, boolean damaged) {
    super(message);
    this.damaged = damaged;
  }

  SeenStoreException(String message, Throwable cause) {
    super(message, cause);
    this.damaged = cause instanceof RocksDBException rocks && isDamage(rocks);
  }

  /** Whether what is on disk is wrong, so that only throwing it away helps. */
  boolean damaged() {
    return damaged;
  }

  /** A full disk or a lock held by another says nothing about what is on disk. */
  private static boolean isDamage(RocksDBException e) {
    Status status = e.getStatus();
    if (status == null) {
      return false;
    }
    return switch (status.getCode()) {
      case Corruption, NotFound, InvalidArgument, NotSupported, Incomplete -> true;
      case IOError -> String.valueOf(e.getMessage()).contains("No such file");
      default -> false;
    };
  }
}
