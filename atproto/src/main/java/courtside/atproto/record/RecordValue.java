package courtside.atproto.record;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.syntax.Nsid;

/**
 * What stands under one key of a repository. Made by reading alone, and keeps the bytes that it was
 * read from: they are its encoding, with all that is not known here. Two are equal if their bytes
 * are. Immutable.
 *
 * <p>Servers accept odd records. A field of another type than the lexicon's counts as absent, and
 * the record stands; a required text that is absent is empty. What is longer or more than the
 * lexicon allows is given all the same, within {@link #MAX_BYTES}. Unions are open.
 *
 * @see <a href="https://atproto.com/specs/repository">Repository</a>
 */
public sealed interface RecordValue
    permits Post, Like, Repost, Follow, FeedGenerator, RecordValue.Unknown {

  /**
   * Largest record of a known type that is read, in bytes. The largest that the lexicons allow is a
   * post: the longest text, all tags and twenty descriptions of 2,000 characters, three bytes each,
   * are some 130 kB; most have less than one. A record may have a million, and a commit may name
   * the same one under two hundred keys.
   */
  int MAX_BYTES = 150 << 10;

  /**
   * Reads the record of a collection.
   *
   * @param dagCbor one canonical DAG-CBOR value, see {@link DagCborReader#validate}
   * @return a {@link Post}, {@link Like}, {@link Repost}, {@link Follow} or {@link FeedGenerator}
   *     in their collections, {@link Unknown} in any other
   * @throws MalformedDataException {@link Kind#WRONG_TYPE} if it is of another type by its own
   *     {@code $type}, {@link Kind#TOO_LARGE} if it is of a known type and larger than {@link
   *     #MAX_BYTES}, or another kind if the bytes are not canonical
   */
  static RecordValue read(Nsid collection, Bytes dagCbor) throws MalformedDataException {
    return switch (collection.value()) {
      case Post.TYPE -> Post.read(dagCbor);
      case Like.TYPE -> Like.read(dagCbor);
      case Repost.TYPE -> Repost.read(dagCbor);
      case Follow.TYPE -> Follow.read(dagCbor);
      case FeedGenerator.TYPE -> FeedGenerator.read(dagCbor);
      default -> Unknown.read(collection, dagCbor);
    };
  }

  /** The {@code $type}, which is the name of its collection. */
  String type();

  /** The encoding, byte for byte as it was read. */
  Bytes bytes();

  /** A record of a type that is not known here. Of any size. */
  final class Unknown extends Kept implements RecordValue {
    private final String type;

    private Unknown(String type, Bytes bytes) {
      super(bytes);
      this.type = type;
    }

    private static Unknown read(Nsid collection, Bytes record) throws MalformedDataException {
      byte[] dagCbor = record.toArray();
      DagCborReader.validate(dagCbor, 0, dagCbor.length);
      Fields.checkType(dagCbor, new Range(0, dagCbor.length), collection.value());
      return new Unknown(collection.value(), record);
    }

    @Override
    public String type() {
      return type;
    }
  }
}
