package courtside.atproto.car;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborIndex;
import courtside.atproto.cbor.Value;
import courtside.atproto.cid.BlockHasher;
import courtside.atproto.cid.Cid;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An archive of which every block was hashed and, where its CID says DAG-CBOR, validated and
 * indexed. A block that fails spoils itself alone: asking for it says why. Immutable, over a buffer
 * that must not change.
 *
 * @see <a href="https://atproto.com/specs/repository#car-file-serialization">CAR</a>
 */
public final class VerifiedArchive implements BlockSource {
  /** The place of a block of raw bytes, which has nothing to index. */
  private static final int RAW = -1;

  private final CarArchive archive;
  private final DagCborIndex index;
  private final int[] places;
  private final @Nullable MalformedDataException @Nullable [] failures;

  VerifiedArchive(CarArchive archive) {
    this.archive = archive;
    this.places = new int[archive.size()];
    byte[] buffer = archive.buffer();
    DagCborIndex.Builder builder = new DagCborIndex.Builder(buffer, archive.blockBytes());
    BlockHasher hasher = new BlockHasher();
    @Nullable MalformedDataException @Nullable [] failed = null;
    for (int i = 0; i < places.length; i++) {
      int start = archive.blockStart(i);
      int end = archive.blockEnd(i);
      try {
        if (!hasher.matches(buffer, archive.cidOffset(i), start, end - start)) {
          throw archive.mismatch(i);
        }
        places[i] = archive.isDagCbor(i) ? builder.add(start, end) : RAW;
      } catch (MalformedDataException e) {
        if (failed == null) {
          failed = new @Nullable MalformedDataException[places.length];
        }
        failed[i] = e;
      }
    }
    this.index = builder.build();
    this.failures = failed;
  }

  /** The roots, at least one. */
  public List<Cid> roots() {
    return archive.roots();
  }

  /** How many blocks there are, each as often as it is there. */
  public int size() {
    return places.length;
  }

  /**
   * The value of the block.
   *
   * @throws MalformedDataException {@link Kind#MISSING_BLOCK} where there is none, and otherwise
   *     what is wrong with it
   */
  public Value value(Cid cid) throws MalformedDataException {
    int number = present(cid);
    if (places[number] == RAW) {
      throw new MalformedDataException(
          Kind.WRONG_TYPE, -1, "expected a block of DAG-CBOR, found raw bytes under " + cid);
    }
    return index.value(places[number]);
  }

  /**
   * How many bytes the block has.
   *
   * @throws MalformedDataException {@link Kind#MISSING_BLOCK} where there is none, and otherwise
   *     what is wrong with it
   */
  public int length(Cid cid) throws MalformedDataException {
    return archive.block(present(cid)).length();
  }

  private int present(Cid cid) throws MalformedDataException {
    int number = archive.number(cid);
    if (number < 0) {
      throw new MalformedDataException(Kind.MISSING_BLOCK, -1, "no block " + cid);
    }
    throwFailure(number);
    return number;
  }

  @Override
  public Optional<Bytes> find(Cid cid) throws MalformedDataException {
    int number = archive.number(cid);
    if (number < 0) {
      return Optional.empty();
    }
    throwFailure(number);
    return Optional.of(archive.block(number).of(archive.buffer()));
  }

  /**
   * Checks that no block failed.
   *
   * @throws MalformedDataException what is wrong with the first that did
   */
  public void expectWhole() throws MalformedDataException {
    if (failures != null) {
      for (int i = 0; i < failures.length; i++) {
        throwFailure(i);
      }
    }
  }

  /** The first block's failure that is of this kind. */
  public Optional<MalformedDataException> firstFailure(Kind kind) {
    if (failures != null) {
      for (MalformedDataException failure : failures) {
        if (failure != null && failure.kind() == kind) {
          return Optional.of(failure);
        }
      }
    }
    return Optional.empty();
  }

  private void throwFailure(int number) throws MalformedDataException {
    MalformedDataException failure = failures == null ? null : failures[number];
    if (failure != null) {
      throw failure;
    }
  }
}
