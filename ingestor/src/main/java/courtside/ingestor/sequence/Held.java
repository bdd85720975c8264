package courtside.ingestor.sequence;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Frames that are held back, in their order, until one thing is known. Confined to one thread. */
final class Held<F> {
  /**
   * What holding a frame takes beside its bytes, generously: what is held must stay bounded however
   * small the frames are.
   */
  static final int OVERHEAD = 512;

  /** What is to become known. */
  enum Question {
    /** Whether the numbers go on from here, though they do not follow the old ones. */
    SEQUENCE,
    /** Whether something is missing before the first of them. */
    GAP,
  }

  /**
   * One frame.
   *
   * @param number none where the frame has none
   */
  record Entry<F>(F frame, @Nullable Numbered number, int length) {
    /** What is said about a frame that has a number. */
    record Numbered(long seq, FrameIdentity identity, Optional<Instant> time) {}
  }

  private final Question question;
  private final long since;
  private final long plausibleStep;
  private final List<Entry<F>> entries = new ArrayList<>();
  private final Set<Long> fingerprints = new HashSet<>();
  private long bytes;
  private int numbered;
  private boolean oldOnesCame;

  // The newest run of numbers that rise plausibly.
  private int agreeing;
  private long newest;
  private long largestStep;

  Held(Question question, long plausibleStep, long now) {
    this.question = question;
    this.plausibleStep = plausibleStep;
    this.since = now;
  }

  void add(Entry<F> entry) {
    entries.add(entry);
    bytes += entry.length() + OVERHEAD;
    Entry.Numbered number = entry.number();
    if (number == null) {
      return;
    }
    fingerprints.add(number.identity().fingerprint());
    numbered++;
    if (continues(number.seq())) {
      agreeing++;
      largestStep = Math.max(largestStep, number.seq() - newest);
    } else {
      agreeing = 1;
      largestStep = 0;
    }
    newest = number.seq();
  }

  /** Whether a number follows the newest one plausibly. */
  boolean continues(long seq) {
    return numbered > 0 && seq > newest && seq - newest <= plausibleStep;
  }

  /** A frame came that was accepted before these: the relay still has the old sequence. */
  void oldOneCame() {
    oldOnesCame = true;
  }

  /**
   * Whether a number that follows the old sequence follows this one at least as well. A relay that
   * was restored sends its last numbers again with other bytes and then goes on beyond the old
   * ones: what leads up to a number without a break belongs to it.
   */
  boolean leadsTo(long seq, long old) {
    return !oldOnesCame
        && agreeing > 1
        && continues(seq)
        && (newest >= old || seq - newest <= largestStep);
  }

  boolean contains(FrameIdentity frame) {
    return fingerprints.contains(frame.fingerprint());
  }

  Question question() {
    return question;
  }

  List<Entry<F>> entries() {
    return entries;
  }

  /** The times of the first frames from one on. */
  TimeSample sample(int first, int frames) {
    return TimeSample.of(
        entries.stream()
            .skip(first)
            .flatMap(entry -> Optional.ofNullable(entry.number()).stream())
            .limit(frames)
            .flatMap(number -> number.time().stream())
            .toList());
  }

  /** When the first was held, in nanoseconds. */
  long since() {
    return since;
  }

  /** What is held, with what holding it takes. */
  long bytes() {
    return bytes;
  }

  int numbered() {
    return numbered;
  }

  int agreeing() {
    return agreeing;
  }
}
