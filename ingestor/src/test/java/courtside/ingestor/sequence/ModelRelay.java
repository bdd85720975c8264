package courtside.ingestor.sequence;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A relay in virtual time: it makes frames, keeps those of a window, and serves them from a cursor
 * on. What it makes and does not number, or numbers wrongly, is never in its log.
 */
final class ModelRelay {
  static final Instant START = Instant.parse("2026-11-25T12:00:00Z");

  /** What happens in a life; each has to. */
  enum Event {
    SKIP,
    WILD_TIME,
    NO_TIME,
    LOST_CONNECTION,
    LOST_WHILE_HOLDING,
    RESTARTED_PROCESS,
    AGED_OUT,
    OUTDATED_CURSOR,
    GAP_SAID,
    RENUMBERED,
    FUTURE_CURSOR,
    JUMPED,
    RESENT,
    RESTORED,
    ASTRAY,
    UNNUMBERED,
  }

  /**
   * A frame.
   *
   * @param number none for a frame without one
   * @param made in virtual milliseconds
   * @param numbering counts the numberings of the relay; 0 for a frame that is astray
   * @param place in that numbering, from 0
   */
  record Frame(
      long id, Optional<Long> number, Optional<Instant> time, long made, int numbering, int place) {
    FrameIdentity identity() {
      return FrameIdentity.of(ByteBuffer.allocate(Long.BYTES).putLong(id).array());
    }

    long seq() {
      return number.orElseThrow();
    }
  }

  private final Random random;
  private final List<Frame> log = new ArrayList<>();
  final long meanInterval;
  private final double skipShare;
  private final long window;
  final boolean inclusive;
  final boolean saysOutdated;
  final boolean saysFuture;
  private final double timeless;

  private long ids;
  private int numbering = 1;
  private int places;
  private long seq;
  private int oldest;

  ModelRelay(Random random) {
    this.random = random;
    this.meanInterval = new long[] {20, 100, 100, 1_000, 8_000}[random.nextInt(5)];
    this.skipShare = random.nextInt(4) == 0 ? 0 : 0.3;
    this.window = random.nextBoolean() ? 3_600_000 : 5_000 + random.nextInt(60_000);
    this.inclusive = random.nextBoolean();
    this.saysOutdated = random.nextInt(4) == 0;
    this.saysFuture = random.nextBoolean();
    this.timeless = random.nextInt(20) == 0 ? 1 : 0.03;
    this.seq = 1 + (random.nextBoolean() ? random.nextInt(1_000) : random.nextLong(1L << 52));
  }

  long nextInterval() {
    return Math.max(1, (long) (-Math.log(1 - random.nextDouble()) * meanInterval));
  }

  Frame make(long now, SimulatedLife life) {
    long step = 1;
    if (random.nextDouble() < skipShare) {
      life.happens(Event.SKIP);
      step += 1 + random.nextInt(20);
    }
    seq += step;
    Frame frame = frame(Optional.of(seq), now, numbering, places++, life);
    log.add(frame);
    return frame;
  }

  private Frame frame(
      Optional<Long> number, long now, int ofNumbering, int place, SimulatedLife life) {
    Optional<Instant> time = Optional.of(START.plusMillis(now).minusMillis(random.nextInt(400)));
    if (random.nextDouble() < timeless) {
      life.happens(Event.NO_TIME);
      time = Optional.empty();
    } else if (random.nextDouble() < 0.02) {
      life.happens(Event.WILD_TIME);
      time = Optional.of(START.plusSeconds((long) (random.nextGaussian() * 1e8)));
    }
    return new Frame(++ids, number, time, now, ofNumbering, place);
  }

  Frame unnumbered(long now, SimulatedLife life) {
    return frame(Optional.empty(), now, 0, 0, life);
  }

  /** A frame under a number that is not its own. */
  Frame astray(long now, boolean near, SimulatedLife life) {
    long wrong;
    do {
      wrong = 1 + random.nextLong((1L << 53) - 1);
      // Also one that was used: an old number with other bytes.
      if (near && random.nextBoolean()) {
        wrong = Math.max(1, seq - random.nextInt(2_000));
      }
    } while (wrong > seq && wrong - seq <= 2 * SequencerSettings.DEFAULT.plausibleStep());
    return frame(Optional.of(wrong), now, 0, 0, life);
  }

  /** The numbers begin anew, and nothing that was had before is kept. */
  void renumber(long below) {
    numbering++;
    places = 0;
    log.clear();
    oldest = 0;
    seq = random.nextLong(below);
  }

  int numbering() {
    return numbering;
  }

  /** The place of the next frame that it makes. */
  int places() {
    return places;
  }

  boolean canJump() {
    return seq < 1L << 52;
  }

  void jump() {
    seq += SequencerSettings.DEFAULT.plausibleStep() * 2 + random.nextInt(1_000_000_000);
  }

  /** It loses its last frames, and gives their numbers to others: a numbering of its own. */
  List<Frame> restore(int frames, long now, SimulatedLife life) {
    List<Frame> lost = List.copyOf(newest(frames));
    log.clear();
    oldest = 0;
    numbering++;
    places = 0;
    for (Frame frame : lost) {
      log.add(frame(frame.number(), now, numbering, places++, life));
    }
    return List.copyOf(log);
  }

  List<Frame> newest(int frames) {
    return List.copyOf(log.subList(Math.max(oldest, log.size() - frames), log.size()));
  }

  long seq() {
    return seq;
  }

  void age(long now) {
    while (oldest < log.size() && log.get(oldest).made() < now - window) {
      oldest++;
    }
  }

  /** What it serves from a cursor on, before what it makes later. */
  List<Frame> from(long cursor) {
    return log.subList(oldest, log.size()).stream()
        .filter(frame -> inclusive ? frame.seq() >= cursor : frame.seq() > cursor)
        .toList();
  }

  /** Whether frames that follow a cursor are gone. */
  boolean agedOut(long cursor) {
    return oldest > 0 && log.get(oldest - 1).seq() > cursor;
  }
}
