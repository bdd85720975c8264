package courtside.feedapi.store;

import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** The store on disk could not be read or written. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean damaged;

  StoreException(String message, boolean damaged) {
    super(message);
    this.damaged = damaged;
  }

  StoreException(String message, RocksDBException cause) {
    super(message, cause);
    this.damaged = isDamage(cause);
  }

  /** Whether what is on disk is wrong, so that only throwing it away helps. */
  public boolean damaged() {
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
