package courtside.ingestor.pump;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.syntax.Datetime;
import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.firehose.Incident;
import courtside.ingestor.queue.Arrival;
import courtside.ingestor.queue.FrameQueue;
import courtside.ingestor.relay.Ending;
import courtside.ingestor.sequence.FrameIdentity;
import courtside.ingestor.sequence.FrameTimes;
import courtside.ingestor.sequence.Outcome;
import courtside.ingestor.sequence.Position;
import courtside.ingestor.sequence.Sequencer;
import courtside.ingestor.sequence.SequencerSettings;
import courtside.service.letter.DeadLetterBudget;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what becomes of each frame: into the log, into the dead letters, or nowhere because it is
 * there already; and says what was odd about it. Confined to the pump's thread, but for {@link
 * #cursorToAsk}.
 */
final class Intake {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
  private static final String STAGE = "ingestor";
  private static final OptionalLong ITS_BEGINNING = OptionalLong.of(0);

  private final Batch batch;
  private final CollectionFilter filter;
  private final DeadLetterBudget deadLetters;
  private final PumpMetrics metrics;
  private final FrameTimes frameTimes;
  private final Rereading rereading;
  private final ToLongFunction<Ending> reconnect;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final Sequencer<Scanned> sequencer;

  /** What to ask for while nothing of the epoch is had. */
  private volatile OptionalLong start;

  /** Where the numbering stands: in a new epoch before any frame of it. */
  private volatile Position position;

  /** The last frame accepted, of whatever epoch. */
  private Position accepted;

  private long generation;

  /** What the first frame of the epoch has to say of how it came to it. */
  private @Nullable Beginning beginning;

  /**
   * When a numbering was asked for from its beginning, until what it brings was not there then;
   * null where none was.
   */
  private @Nullable Instant askedForItsBeginning;

  /** The last position before reading stopped, until it goes on. */
  private @Nullable Interruption interruption;

  /**
   * The newest of the connections that are of no use any more: what they bring comes again, on
   * another one. The last of them may have been dialled before it was known what to ask for.
   */
  private long leftGeneration = FrameQueue.NONE;

  /** The connection that was dialled last at the live tip where the beginning was wanted. */
  private volatile long liveInstead = FrameQueue.NONE;

  /** A frame that was read. */
  private record Scanned(Arrival.Frame frame, FrameScan scan) {}

  /** Why an epoch begins, and what was had before it. */
  private record Beginning(Incident.Kind kind, Position before, String found, Missing missing) {}

  /** What may be lost between the last frame of before and the first of an epoch. */
  private enum Missing {
    NOTHING,
    /** The epoch was asked for from its beginning: nothing, if it comes with that. */
    ITS_BEGINNING,
    /** The epoch begins at the live tip: who knows. */
    WHATEVER_CAME_MEANWHILE,
  }

  private record Interruption(Position at, String detail) {}

  /**
   * Goes on where the committed cursor is.
   *
   * @param reconnect has the relay dialled anew, and says which connection was dialled last: see
   *     {@link courtside.ingestor.relay.RelaySupervisor#reconnect}
   */
  Intake(
      Resume resume,
      Batch batch,
      CollectionFilter filter,
      DeadLetterBudget deadLetters,
      PumpMetrics metrics,
      FrameTimes frameTimes,
      Rereading rereading,
      ToLongFunction<Ending> reconnect,
      LongSupplier nanoTime,
      InstantSource clock) {
    this.position = resume.position();
    this.accepted = resume.position();
    this.start = resume.start();
    this.batch = batch;
    this.filter = filter;
    this.deadLetters = deadLetters;
    this.metrics = metrics;
    this.frameTimes = frameTimes;
    this.rereading = rereading;
    this.reconnect = reconnect;
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.sequencer = new Sequencer<>(position, SequencerSettings.DEFAULT);
    resume
        .beginsAnew()
        .ifPresent(why ->
            beginning =
                new Beginning(Incident.Kind.EPOCH, position, why, missing(start.isEmpty())));
  }

  /** Where the numbering that is read stands; nothing may be accepted of it yet. */
  Position position() {
    return position;
  }

  /**
   * The last frame accepted, which a cursor has to cover with all before it; nothing may ever have
   * been.
   */
  Position accepted() {
    return accepted;
  }

  /** The cursor that the next dial asks with; absent for the live tip. Any thread. */
  OptionalLong cursorToAsk() {
    Position had = position;
    return had.nothingAccepted() ? start : OptionalLong.of(had.seq());
  }

  /**
   * The same for a connection that is dialled now.
   *
   * @param refused whether the relay seems to refuse what it was asked for: then not for its
   *     beginning, but for the live tip
   */
  OptionalLong cursorToAsk(long dialled, boolean refused) {
    Position had = position;
    OptionalLong ask = cursorToAsk();
    if (refused && had.nothingAccepted() && ask.equals(ITS_BEGINNING)) {
      liveInstead = dialled;
      return OptionalLong.empty();
    }
    return ask;
  }

  /**
   * From here on another numbering is read.
   *
   * @param from where it begins, with nothing had of it
   * @param ask what to ask the relay for
   * @param kind of the incident that its first frame brings with it
   * @param found why, a sentence
   * @param loses whether what lies between may be lost
   */
  void begin(Position from, OptionalLong ask, Incident.Kind kind, String found, boolean loses) {
    begin(from, ask, kind, found, missing(loses));
  }

  private static Missing missing(boolean loses) {
    return loses ? Missing.WHATEVER_CAME_MEANWHILE : Missing.NOTHING;
  }

  private void begin(
      Position from, OptionalLong ask, Incident.Kind kind, String found, Missing missing) {
    // What is held of the old numbering was never had.
    take(sequencer.begin(from, nanoTime.getAsLong()));
    beginning = new Beginning(kind, position, found, missing);
    askedForItsBeginning = missing == Missing.ITS_BEGINNING ? clock.instant() : null;
    start = ask;
    position = from;
    interruption = null;
  }

  /** Reading stopped. */
  void interrupted(Incident incident) {
    Position at = position;
    if (at.nothingAccepted()
        || !incident.subject().equals(at.relay())
        || incident.from().isPresent()) {
      // Nothing was had of that relay, or it was said in a transaction that was not committed.
      batch.notice(incident);
      return;
    }
    batch.notice(
        new Incident(
            incident.kind(),
            incident.subject(),
            incident.at(),
            OptionalLong.of(at.seq()),
            OptionalLong.empty(),
            incident.found(),
            incident.done()));
    if (interruption == null) {
      interruption = new Interruption(at, incident.found());
    }
  }

  /** When {@link #tick} has something to do; absent while nothing is held. */
  OptionalLong nextDeadline() {
    return sequencer.nextDeadline();
  }

  /** Lets go of what was held for long enough. */
  void tick() {
    take(sequencer.tick(nanoTime.getAsLong()));
  }

  /** Takes one frame. */
  void take(Arrival.Frame frame) {
    if (frame.generation() <= leftGeneration) {
      takeOfLeft(frame);
      return;
    }
    if (frame.generation() != generation) {
      generation = frame.generation();
      take(sequencer.disconnected());
      sequencer.connected();
    }
    FrameScan scan;
    try {
      scan = FrameScan.of(frame.bytes());
    } catch (MalformedDataException e) {
      deadLetter(frame, label(e.kind()), String.valueOf(e.getMessage()));
      return;
    }
    Scanned scanned = new Scanned(frame, scan);
    long now = nanoTime.getAsLong();
    int length = frame.bytes().length;
    if (scan.seq().isPresent()) {
      Optional<Instant> frameTime = scan.time().flatMap(Datetime::momentOf);
      take(
          sequencer.numbered(
              scanned,
              scan.seq().getAsLong(),
              FrameIdentity.of(frame.bytes()),
              frameTime,
              length,
              now));
    } else {
      unnumbered(scan);
      take(sequencer.unnumbered(scanned, length, now));
    }
  }

  /** Of a connection that was left only that is kept which does not come again. */
  private void takeOfLeft(Arrival.Frame frame) {
    try {
      FrameScan scan = FrameScan.of(frame.bytes());
      if (scan.seq().isEmpty()) {
        store(new Scanned(frame, scan), accepted, 0);
        return;
      }
    } catch (MalformedDataException e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("of a connection that was left");
    }
    metrics.heldAndDropped();
  }

  private void take(List<Outcome<Scanned>> outcomes) {
    for (int i = 0; i < outcomes.size(); i++) {
      switch (outcomes.get(i)) {
        case Outcome.EpochBegan<Scanned> began when missedItsBeginning(began) -> {
          readFromItsBeginning(began, outcomes.subList(i + 1, outcomes.size()));
          return;
        }
        case Outcome.Accepted<Scanned>(Scanned scanned, Position at) -> accept(scanned, at);
        case Outcome.Passed<Scanned>(Scanned scanned, Position at) -> store(scanned, at, 0);
        case Outcome.Duplicate<Scanned> _ -> metrics.duplicate();
        case Outcome.Dropped<Scanned> _ -> metrics.heldAndDropped();
        case Outcome.Contradicted<Scanned>(Scanned scanned, Position at) ->
            deadLetter(
                scanned.frame(),
                PumpMetrics.IMPLAUSIBLE_SEQUENCE,
                "sequence "
                    + scanned.scan().seq().orElse(0)
                    + " came after "
                    + at.seq()
                    + ", and then the numbering went on as before");
        case Outcome.EpochBegan<Scanned> began -> epochBegan(began);
        case Outcome.Gap<Scanned> gap ->
            incident(
                Incident.Kind.GAP,
                OptionalLong.of(gap.from()),
                OptionalLong.of(gap.to()),
                found(gap),
                "went on from the first that came");
        case Outcome.Skipped<Scanned>(long from, long to, long numbers) ->
            incident(
                Incident.Kind.SKIPPED_NUMBERS,
                OptionalLong.of(from),
                OptionalLong.of(to),
                "the relay passed over " + numbers + " numbers",
                "nothing, as it may");
      }
    }
  }

  /**
   * Whether the relay numbered anew while nobody read it, and went live, as it may where it is
   * asked for what lies in its future: then it may still have what came before. Where that could be
   * too much to be read in reasonable time it is left, and said to be lost.
   */
  private boolean missedItsBeginning(Outcome.EpochBegan<Scanned> began) {
    long first = began.first().seq();
    return began.unresumed() && first > 1 && rereading.allows(first - 1, nanoTime.getAsLong());
  }

  /** Leaves the connection; what it has brought comes again, but for what has no number. */
  private void readFromItsBeginning(
      Outcome.EpochBegan<Scanned> began, List<Outcome<Scanned>> following) {
    for (Outcome<Scanned> outcome : following) {
      if (outcome instanceof Outcome.Passed<Scanned>(Scanned scanned, Position _)) {
        store(scanned, began.before(), 0);
      } else if (outcome instanceof Outcome.Accepted<Scanned>) {
        metrics.heldAndDropped();
      }
    }
    String found =
        "after connecting behind sequence "
            + began.before().seq()
            + " the relay began at "
            + began.first().seq()
            + ", in another numbering";
    readNewNumbering(began.before(), found, found);
  }

  /** All that the relay has of a numbering of which nothing is had, on another connection. */
  private void readNewNumbering(Position before, String found, String ending) {
    begin(before.nextEpoch(0), ITS_BEGINNING, Incident.Kind.EPOCH, found, Missing.ITS_BEGINNING);
    leave(ending);
  }

  /** Has the relay dialled anew, from where it is to be asked for now. */
  private void leave(String ending) {
    // Only now: whatever is dialled after this asks for what is wanted now.
    leftGeneration = reconnect.applyAsLong(new Ending(Ending.Reason.CLOSED, ending));
  }

  private void epochBegan(Outcome.EpochBegan<Scanned> began) {
    askedForItsBeginning = null;
    OptionalLong from = OptionalLong.of(began.before().seq());
    long first = began.first().seq();
    incident(
        Incident.Kind.EPOCH,
        from,
        OptionalLong.of(first),
        "sequence "
            + first
            + " came after "
            + began.before().seq()
            + " with other bytes than were had, and so did those that followed",
        "began epoch " + began.first().epoch() + "; nothing was dropped");
    if (began.unresumed() && first > 1) {
      // A relay that is asked for what lies in its future goes live, and need not say so.
      incident(
          Incident.Kind.GAP,
          from,
          OptionalLong.of(first),
          "the connection began in another numbering, at sequence " + first,
          "went on from there; what that numbering had before may be lost");
    }
  }

  private static String found(Outcome.Gap<Scanned> gap) {
    String span =
        gap.span().map(length -> ", some " + length.toSeconds() + " s of the stream").orElse("");
    return switch (gap.reason()) {
      case OUTDATED_CURSOR -> "the relay no longer has what follows sequence " + gap.from() + span;
      case TIME ->
          "the first frame after connecting is not the one that follows sequence "
              + gap.from()
              + span;
      case UNKNOWN_TIME ->
          "the first frame after connecting is not the one that follows sequence "
              + gap.from()
              + ", and no frame says its time";
      case JUMP -> "the numbering went up by more than is plausible" + span;
    };
  }

  private void accept(Scanned scanned, Position at) {
    boolean refused =
        position.nothingAccepted() && scanned.frame().generation() == liveInstead && at.seq() > 1;
    position = at;
    accepted = at;
    at.frameTime().ifPresent(time -> frameTimes.add(time, scanned.frame().seenAt()));
    countWhatIsReadAgain(at);
    sayHowItBegan(at, refused);
    sayThatItGoesOn(at);
    if (filter.keeps(scanned.scan().kind(), scanned.frame().bytes())) {
      store(scanned, at, at.seq());
    } else {
      metrics.filtered();
    }
  }

  /** What was made after the numbering was asked for from its beginning would have come anyway. */
  private void countWhatIsReadAgain(Position at) {
    Instant asked = askedForItsBeginning;
    if (asked == null) {
      return;
    }
    if (at.frameTime().filter(made -> !made.isBefore(asked)).isPresent()) {
      askedForItsBeginning = null;
    } else {
      rereading.took(nanoTime.getAsLong());
    }
  }

  /**
   * Of the first frame of an epoch.
   *
   * @param refused whether it comes from the live tip because the relay refused to begin elsewhere
   */
  private void sayHowItBegan(Position first, boolean refused) {
    Beginning why = beginning;
    beginning = null;
    OptionalLong from =
        why != null && !why.before().nothingAccepted()
            ? OptionalLong.of(why.before().seq())
            : OptionalLong.empty();
    OptionalLong to = OptionalLong.of(first.seq());
    if (why != null) {
      String done =
          "reads " + first.relay() + " from sequence " + first.seq() + ", epoch " + first.epoch();
      incident(why.kind(), from, to, why.found(), done);
    }
    if (refused) {
      incident(
          Incident.Kind.GAP,
          from,
          to,
          "the relay refuses to be asked for the beginning of its numbering",
          "began at the live tip; what lies before may be lost");
      return;
    }
    if (why == null) {
      return;
    }
    if (why.missing() == Missing.ITS_BEGINNING && first.seq() > 1) {
      incident(
          Incident.Kind.GAP,
          from,
          to,
          "the relay was asked for the beginning of its numbering, and began at " + first.seq(),
          "went on from there; what lies before may be lost");
    }
    if (why.missing() == Missing.WHATEVER_CAME_MEANWHILE) {
      incident(
          Incident.Kind.GAP,
          from,
          to,
          "it is not known where in the numbering of "
              + first.relay()
              + " the last frame of "
              + why.before().relay()
              + " lies",
          "began at the live tip; what lies between may be lost");
    }
  }

  private void sayThatItGoesOn(Position first) {
    Interruption since = interruption;
    if (since == null) {
      return;
    }
    interruption = null;
    incident(
        Incident.Kind.RESUMED,
        OptionalLong.of(since.at().seq()),
        OptionalLong.of(first.seq()),
        since.detail(),
        "went on at the cursor");
  }

  /** #info, errors, and kinds that have no number: stored like any other, and acted upon. */
  private void unnumbered(FrameScan scan) {
    String name = scan.name().orElse("");
    switch (scan.kind()) {
      case INFO -> {
        if (name.equals("OutdatedCursor")) {
          sequencer.outdatedCursor();
        }
      }
      case ERROR -> error(name, scan.message().orElse(""));
      case COMMIT, SYNC, IDENTITY, ACCOUNT, UNKNOWN -> {
        // Nothing to act upon.
      }
    }
  }

  private void error(String name, String message) {
    Position now = position;
    OptionalLong seq = OptionalLong.of(now.seq());
    // The protocol has both sides close after an error; this one does not wait for the other.
    Ending ending = new Ending(Ending.Reason.CLOSED, "the relay sent the error " + name);
    if (name.equals("FutureCursor") && liesInTheFuture()) {
      futureCursor(now, ending.detail());
      return;
    }
    switch (name) {
      case "ConsumerTooSlow" ->
          incident(
              Incident.Kind.SLOW_CONSUMER,
              seq,
              seq,
              "the relay says that this consumer is too slow",
              "dialled again from the cursor");
      default ->
          incident(
              Incident.Kind.RELAY_ERROR,
              seq,
              seq,
              "the relay sent the error " + quote(name) + " " + quote(message),
              "dialled again from the cursor");
    }
    var _ = reconnect.applyAsLong(ending);
  }

  /** Nothing lies before the beginning: a relay that says so all the same refuses the cursor. */
  private boolean liesInTheFuture() {
    OptionalLong asked = cursorToAsk();
    return asked.isPresent() && !(position.nothingAccepted() && asked.equals(ITS_BEGINNING));
  }

  private void futureCursor(Position before, String ending) {
    String found = "the relay says that sequence " + before.seq() + " lies in its future";
    if (rereading.allowsWhateverThereIs(nanoTime.getAsLong())) {
      readNewNumbering(before, found, ending);
      return;
    }
    begin(
        before.nextEpoch(0),
        OptionalLong.empty(),
        Incident.Kind.EPOCH,
        found + ", and too much was read again lately to ask for all that it has",
        Missing.WHATEVER_CAME_MEANWHILE);
    leave(ending);
  }

  private void store(Scanned scanned, Position at, long seq) {
    batch.frame(
        new FrameHeaders(at.relay(), at.epoch(), seq), scanned.scan().repo(), scanned.frame());
  }

  private void deadLetter(Arrival.Frame frame, String reason, String detail) {
    byte[] bytes = frame.bytes();
    if (!deadLetters.take(bytes.length)) {
      metrics.deadLetterNotKept();
      return;
    }
    Position now = position;
    batch.deadLetter(
        new DeadLetter(
            STAGE,
            reason,
            frame.seenAt(),
            detail,
            now.relay() + " epoch " + now.epoch() + " after " + now.seq(),
            bytes.length,
            FrameIdentity.of(bytes).sha256(),
            Bytes.of(bytes)));
  }

  private void incident(
      Incident.Kind kind, OptionalLong from, OptionalLong to, String found, String done) {
    batch.incident(new Incident(kind, position.relay(), clock.instant(), from, to, found, done));
  }

  private static String label(MalformedDataException.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static String quote(String text) {
    return "'" + (text.length() <= 100 ? text : text.substring(0, 100) + "…") + "'";
  }
}
