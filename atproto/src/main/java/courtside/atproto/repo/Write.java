package courtside.atproto.repo;

import courtside.atproto.Bytes;
import courtside.atproto.mst.TreeKey;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;

/** What is to be done to one record. Immutable. */
public sealed interface Write {
  Nsid collection();

  RecordKey rkey();

  /** The path of the record. */
  default TreeKey key() {
    return TreeKey.of(collection(), rkey());
  }

  /**
   * Adds a record where none is.
   *
   * @param record DAG-CBOR, 1 to 1,000,000 bytes; what it says is not looked at
   */
  record Create(Nsid collection, RecordKey rkey, Bytes record) implements Write {}

  /**
   * Gives a record that is there other content.
   *
   * @param record DAG-CBOR, 1 to 1,000,000 bytes; what it says is not looked at
   */
  record Update(Nsid collection, RecordKey rkey, Bytes record) implements Write {}

  /** Removes a record that is there. */
  record Delete(Nsid collection, RecordKey rkey) implements Write {}
}
