package courtside.ingestor.sequence;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Decides which frames of a relay are new, where its numbering began anew, and what is missing.
 *
 * <ul>
 *   <li>A <em>duplicate</em> has a number at most the last one accepted in this epoch, and its
 *       bytes are among those accepted lately.
 *   <li>Any other frame at or below the last number, or implausibly far above it, is <em>held</em>
 *       with all that follows it, until enough numbers in a row agree, too much is held, or it was
 *       held for long enough. Then all of it is accepted: below as a new epoch, above with a gap.
 *       Where the held numbers disagree among themselves, only the newest run of them counts
 *       towards agreement, and each frame that does not follow the one before begins an epoch or
 *       shows a gap of its own: nothing is lost.
 *   <li>If the old sequence goes on instead, what is held was astray and is <em>contradicted</em>.
 *   <li>The first frame after a connect, if numbers are missing before it, is held with its
 *       followers until there is a sample of them. If their times lie beyond those of the last
 *       frames before by too much, frames are missing: a <em>gap</em>. Where times do not tell, it
 *       is a gap too.
 * </ul>
 *
 * <p>Every frame that is given has exactly one {@link Outcome} of its own, at once or later. Times
 * are {@link System#nanoTime} values, compared only by subtraction. Confined to one thread.
 *
 * @param <F> what is carried through, unread
 */
public final class Sequencer<F> {
  private final SequencerSettings settings;
  private final Remembered remembered;
  private final RecentTimes times;
  private final SkippedNumbers skipped;
  private Position position;
  private @Nullable Held<F> held;

  /** No frame was accepted or known again since the connect. */
  private boolean fresh;

  /** The relay said that it no longer has what follows the position. */
  private boolean outdated;

  /** Continues at a position; its frame is the one of the past that is known. */
  public Sequencer(Position position, SequencerSettings settings) {
    this.settings = settings;
    this.remembered = new Remembered(settings.remembered());
    this.times = new RecentTimes(settings.gapSample());
    this.skipped = new SkippedNumbers(settings.skipsEvery().toNanos());
    this.position = position;
    know(position);
  }

  private void know(Position start) {
    remembered.clear();
    times.clear();
    start.last().ifPresent(remembered::add);
    times.add(start.frameTime());
    position = start;
  }

  /** The last frame accepted, never one that is held: where to ask for more, and what to commit. */
  public Position position() {
    return position;
  }

  /** How much is held back: bytes, and 512 more for each frame. */
  public long heldBytes() {
    return held == null ? 0 : held.bytes();
  }

  /**
   * The next numbered frame that is given is the first of a connection.
   *
   * @throws IllegalStateException if frames of the connection before are held
   */
  public void connected() {
    if (held != null) {
      throw new IllegalStateException("frames are held: the end of their connection was not told");
    }
    fresh = true;
    outdated = false;
  }

  /** The connection ended: what it brought and is held is dropped, as it comes again. */
  public List<Outcome<F>> disconnected() {
    List<Outcome<F>> outcomes = new ArrayList<>();
    for (Held.Entry<F> entry : release()) {
      // Frames without a number do not come again.
      outcomes.add(
          entry.number() == null
              ? new Outcome.Passed<>(entry.frame(), position)
              : new Outcome.Dropped<>(entry.frame()));
    }
    fresh = false;
    outdated = false;
    return outcomes;
  }

  /**
   * Goes on from another position: in a new epoch, or at another relay. Ends the connection as
   * {@link #disconnected} does.
   */
  public List<Outcome<F>> begin(Position start, long now) {
    List<Outcome<F>> outcomes = disconnected();
    skipped.<F>take(now).ifPresent(outcomes::add);
    know(start);
    return outcomes;
  }

  /** The relay said that it no longer has what follows the position. */
  public void outdatedCursor() {
    outdated = true;
  }

  /**
   * Takes a frame without a number; it keeps its place among those that are held.
   *
   * @param length of the frame, in bytes
   */
  public List<Outcome<F>> unnumbered(F frame, int length, long now) {
    List<Outcome<F>> outcomes = new ArrayList<>();
    if (held == null) {
      outcomes.add(new Outcome.Passed<>(frame, position));
    } else {
      hold(held, new Held.Entry<>(frame, null, length), now, outcomes);
    }
    settle(now, outcomes);
    return outcomes;
  }

  /**
   * Takes a numbered frame.
   *
   * @param identity of the frame, by its bytes
   * @param frameTime the frame's own time, where it can be read
   * @param length of the frame, in bytes
   */
  public List<Outcome<F>> numbered(
      F frame,
      long seq,
      FrameIdentity identity,
      Optional<Instant> frameTime,
      int length,
      long now) {
    List<Outcome<F>> outcomes = new ArrayList<>();
    Held<F> holding = held;
    if (!position.nothingAccepted() && seq <= position.seq() && remembered.contains(identity)) {
      // The relay still has what was had before: nothing is missing in between.
      fresh = false;
      outdated = false;
      if (holding != null) {
        holding.oldOneCame();
      }
      outcomes.add(new Outcome.Duplicate<>(frame));
    } else if (holding != null && holding.contains(identity)) {
      outcomes.add(new Outcome.Duplicate<>(frame));
    } else {
      Held.Entry.Numbered number = new Held.Entry.Numbered(seq, identity, frameTime);
      judge(number, new Held.Entry<>(frame, number, length), now, outcomes);
    }
    // Only now, as this frame may have waited for us: it can still contradict what is overdue.
    settle(now, outcomes);
    return outcomes;
  }

  private void judge(
      Held.Entry.Numbered number, Held.Entry<F> entry, long now, List<Outcome<F>> outcomes) {
    Held<F> holding = held;
    if (holding != null) {
      boolean joins =
          switch (holding.question()) {
            case GAP -> holding.continues(number.seq());
            case SEQUENCE -> !goesOn(number.seq()) || holding.leadsTo(number.seq(), position.seq());
          };
      if (joins) {
        hold(holding, entry, now, outcomes);
        return;
      }
      switch (holding.question()) {
        case GAP -> answer(now, outcomes);
        case SEQUENCE -> contradict(outcomes);
      }
    }
    if (!position.nothingAccepted() && !goesOn(number.seq())) {
      hold(Held.Question.SEQUENCE, entry, now, outcomes);
    } else if (mayBeGap(number.seq())) {
      fresh = false;
      hold(Held.Question.GAP, entry, now, outcomes);
    } else {
      accept(entry, number, Optional.empty(), false, now, outcomes);
    }
  }

  /** Whether a number follows the last accepted one plausibly. */
  private boolean goesOn(long seq) {
    return seq > position.seq() && seq - position.seq() <= settings.plausibleStep();
  }

  /** Whether numbers are missing, and frame times have to tell what that means. */
  private boolean mayBeGap(long seq) {
    boolean asked =
        !position.nothingAccepted() || (position.seq() > 0 && position.frameTime().isPresent());
    return fresh && !outdated && asked && seq > position.seq() + 1;
  }

  private void hold(
      Held.Question question, Held.Entry<F> first, long now, List<Outcome<F>> outcomes) {
    Held<F> holding = new Held<>(question, settings.plausibleStep(), now);
    held = holding;
    hold(holding, first, now, outcomes);
  }

  private void hold(Held<F> holding, Held.Entry<F> entry, long now, List<Outcome<F>> outcomes) {
    holding.add(entry);
    boolean enough =
        switch (holding.question()) {
          case SEQUENCE -> holding.agreeing() >= settings.agreeing();
          case GAP -> holding.numbered() >= settings.gapSample();
        };
    if (enough || holding.bytes() >= settings.heldBytes()) {
      answer(now, outcomes);
    }
  }

  /**
   * Says what is due by time. To be called at {@link #nextDeadline} when no frame waits to be
   * given: one that does may contradict what is held.
   */
  public List<Outcome<F>> tick(long now) {
    List<Outcome<F>> outcomes = new ArrayList<>();
    settle(now, outcomes);
    return outcomes;
  }

  private void settle(long now, List<Outcome<F>> outcomes) {
    Held<F> holding = held;
    if (holding != null && now - deadline(holding) >= 0) {
      answer(now, outcomes);
    }
    skipped.<F>due(now).ifPresent(outcomes::add);
  }

  private long deadline(Held<F> holding) {
    Duration longest =
        switch (holding.question()) {
          case SEQUENCE -> settings.heldFor();
          case GAP -> settings.gapWait();
        };
    return holding.since() + longest.toNanos();
  }

  /** When something is due, as a {@link System#nanoTime} value; it may have passed. */
  public OptionalLong nextDeadline() {
    Held<F> holding = held;
    OptionalLong next = skipped.deadline();
    if (holding != null) {
      long release = deadline(holding);
      if (next.isEmpty() || release - next.getAsLong() < 0) {
        return OptionalLong.of(release);
      }
    }
    return next;
  }

  /** The old sequence goes on: what was held does not belong to it. */
  private void contradict(List<Outcome<F>> outcomes) {
    for (Held.Entry<F> entry : release()) {
      outcomes.add(
          entry.number() == null
              ? new Outcome.Passed<>(entry.frame(), position)
              : new Outcome.Contradicted<>(entry.frame(), position));
    }
  }

  /** Nothing contradicted what is held: all of it is accepted. */
  private void answer(long now, List<Outcome<F>> outcomes) {
    Held<F> holding = held;
    if (holding == null) {
      return;
    }
    Held.Question question = holding.question();
    List<Held.Entry<F>> entries = release();
    for (int i = 0; i < entries.size(); i++) {
      Held.Entry<F> entry = entries.get(i);
      Held.Entry.Numbered number = entry.number();
      if (number == null) {
        outcomes.add(new Outcome.Passed<>(entry.frame(), position));
        continue;
      }
      boolean jump =
          !position.nothingAccepted() && number.seq() - position.seq() > settings.plausibleStep();
      boolean asked = question == Held.Question.GAP && i == 0;
      Optional<Duration> span =
          jump || asked
              ? times.sample().until(holding.sample(i, settings.gapSample()), settings.gapSpan())
              : Optional.empty();
      accept(entry, number, span, asked, now, outcomes);
    }
  }

  /**
   * Accepts a frame, and says what that means.
   *
   * @param span the time that lies between it and the one before, where that was estimated
   * @param judged whether that tells if frames are missing
   */
  private void accept(
      Held.Entry<F> entry,
      Held.Entry.Numbered number,
      Optional<Duration> span,
      boolean judged,
      long now,
      List<Outcome<F>> outcomes) {
    Position before = position;
    long seq = number.seq();
    if (!before.nothingAccepted() && seq <= before.seq()) {
      skipped.<F>take(now).ifPresent(outcomes::add);
      remembered.clear();
      times.clear();
      position = before.nextEpoch(0).after(seq, number.identity(), number.time());
      outcomes.add(new Outcome.EpochBegan<>(before, position, fresh));
    } else {
      position = before.after(seq, number.identity(), number.time());
      missing(before, seq, span, judged, now, outcomes);
    }
    fresh = false;
    outdated = false;
    remembered.add(number.identity());
    times.add(number.time());
    outcomes.add(new Outcome.Accepted<>(entry.frame(), position));
  }

  private void missing(
      Position before,
      long seq,
      Optional<Duration> span,
      boolean judged,
      long now,
      List<Outcome<F>> outcomes) {
    boolean had = !before.nothingAccepted();
    if (seq <= before.seq() + 1 || (!had && before.seq() == 0)) {
      return;
    }
    Optional<Outcome.Gap.Reason> reason = Optional.empty();
    if (outdated) {
      reason = Optional.of(Outcome.Gap.Reason.OUTDATED_CURSOR);
    } else if (had && seq - before.seq() > settings.plausibleStep()) {
      reason = Optional.of(Outcome.Gap.Reason.JUMP);
    } else if (judged) {
      reason = byTime(span);
    }
    if (reason.isPresent()) {
      // What lies before a gap tells nothing of where the frames after it end.
      times.clear();
      outcomes.add(
          new Outcome.Gap<>(before.seq(), seq, span.filter(Duration::isPositive), reason.get()));
    } else if (had) {
      skipped.add(before.seq(), seq);
      skipped.<F>due(now).ifPresent(outcomes::add);
    }
  }

  private Optional<Outcome.Gap.Reason> byTime(Optional<Duration> span) {
    if (span.isEmpty()) {
      return Optional.of(Outcome.Gap.Reason.UNKNOWN_TIME);
    }
    return span.get().compareTo(settings.gapSpan()) > 0
        ? Optional.of(Outcome.Gap.Reason.TIME)
        : Optional.empty();
  }

  private List<Held.Entry<F>> release() {
    List<Held.Entry<F>> entries = held == null ? List.of() : held.entries();
    held = null;
    return entries;
  }
}
