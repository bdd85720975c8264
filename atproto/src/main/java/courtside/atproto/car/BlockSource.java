package courtside.atproto.car;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.cid.Cid;
import java.util.Optional;

/** Where blocks are found by their CID: an archive, or a store. */
@FunctionalInterface
public interface BlockSource {
  /**
   * The block, which hashes to the CID; empty where the source does not hold it.
   *
   * @throws MalformedDataException if what it holds under this CID is another block
   */
  Optional<Bytes> find(Cid cid) throws MalformedDataException;
}
