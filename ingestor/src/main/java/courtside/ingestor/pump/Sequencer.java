package courtside.ingestor.pump;

import courtside.atproto.Bytes;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Decides which numbered frames are new. A sequence number means something only on one relay and in
 * one epoch of it. A duplicate has a number at most the last one accepted in this epoch and is,
 * byte for byte, among the frames accepted lately; other bytes under an old number begin a new
 * epoch, so that a relay whose numbering starts over is never taken for one that repeats itself.
 * Not thread-safe.
 */
final class Sequencer {
  /** How many of the last frames are remembered by their hash. */
  static final int REMEMBERED = 65_536;

  private final Map<Bytes, Boolean> accepted =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };
  private Position position;

  /** Continues at a position; its hash is the one frame of the past that is known. */
  Sequencer(Position position) {
    this.position = position;
    if (position.hash().length() > 0) {
      accepted.put(position.hash(), true);
    }
  }

  /** What a frame is. */
  enum Decision {
    /** The next one of this epoch. */
    NEXT,
    /** It was accepted before. */
    DUPLICATE,
    /** Its number is not above the last one and it was never seen: the numbering began anew. */
    NEW_EPOCH,
  }

  /**
   * Takes one numbered frame; unless it is a duplicate, the position is now at it.
   *
   * @param hash SHA-256 of the frame
   */
  Decision accept(long seq, Bytes hash, Optional<Instant> frameTime) {
    Decision decision;
    if (seq > position.seq()) {
      decision = Decision.NEXT;
    } else if (accepted.containsKey(hash)) {
      return Decision.DUPLICATE;
    } else {
      decision = Decision.NEW_EPOCH;
      beginEpoch();
    }
    accepted.put(hash, true);
    position = new Position(position.relay(), position.epoch(), seq, hash, frameTime);
    return decision;
  }

  /** The numbering begins anew, and nothing of it is had. */
  void beginEpoch() {
    position =
        new Position(
            position.relay(), position.epoch() + 1, 0, Bytes.of(new byte[0]), Optional.empty());
    accepted.clear();
  }

  /** The last frame accepted. */
  Position position() {
    return position;
  }
}
