package courtside.atproto.firehose;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.car.CarArchive;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Tid;

/**
 * A #sync: this is now the state of a repository, however it came to it. Holds the commit's block
 * and no records. Immutable, over a frame that must not change.
 *
 * @see <a href="https://atproto.com/specs/sync#firehose">subscribeRepos, sync</a>
 */
public final class SyncMessage implements Event {
  /** Largest archive, in bytes. */
  public static final int MAX_BLOCKS_BYTES = 10_000;

  private final byte[] frame;
  private final long seq;
  private final Did did;
  private final String time;
  private final Tid rev;
  private final Range blocks;

  private SyncMessage(byte[] frame, long seq, Did did, String time, Tid rev, Range blocks) {
    this.frame = frame;
    this.seq = seq;
    this.did = did;
    this.time = time;
    this.rev = rev;
    this.blocks = blocks;
  }

  /**
   * Reads a frame of kind {@link FrameKind#SYNC}.
   *
   * @throws MalformedDataException if it is none, or lacks a required field
   */
  public static SyncMessage read(byte[] frame) throws MalformedDataException {
    Body body = Body.read(frame, FrameKind.SYNC);
    return new SyncMessage(
        frame,
        body.seq(),
        body.did(),
        body.time(),
        Tid.parse(body.text("rev")),
        body.bytes("blocks"));
  }

  @Override
  public FrameKind kind() {
    return FrameKind.SYNC;
  }

  @Override
  public long seq() {
    return seq;
  }

  @Override
  public Did did() {
    return did;
  }

  @Override
  public String time() {
    return time;
  }

  /** The repository's revision. */
  public Tid rev() {
    return rev;
  }

  /**
   * The archive, whose root is the commit; nothing of its blocks is checked yet.
   *
   * @throws MalformedDataException if it cannot be read, or is larger than {@link
   *     #MAX_BLOCKS_BYTES}
   */
  public CarArchive archive() throws MalformedDataException {
    if (blocks.length() > MAX_BLOCKS_BYTES) {
      throw new MalformedDataException(
          Kind.TOO_LARGE, blocks.offset(), "an archive of " + blocks.length() + " bytes in a sync");
    }
    return CarArchive.read(frame, blocks);
  }
}
