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
import courtside.ingestor.relay.RelaySupervisor;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns arrivals into transactions: each holds a batch of frames, what else is to be said about
 * them, and the cursor that covers them. Confined to the pump's thread, but for {@link
 * #cursorToAsk}.
 */
final class Transactions implements AutoCloseable {
  private static final String STAGE = "ingestor";
  private static final long IDLE_NANOS = 50_000_000;

  private final PumpSettings settings;
  private final Writer writer;
  private final Sequencer sequencer;
  private final FrameQueue queue;
  private final RelaySupervisor supervisor;
  private final PumpMetrics metrics;
  private final FrameTimes frameTimes;
  private final LongSupplier nanoTime;
  private final InstantSource clock;

  /** What to ask for while nothing of the epoch is had. Only changed with a new epoch. */
  private volatile OptionalLong start;

  private volatile Position position;

  /**
   * The last position before the relay said that the cursor is outdated; set until a frame comes.
   */
  private @Nullable Position outdated;

  private Uncommitted uncommitted = new Uncommitted();

  Transactions(
      PumpSettings settings,
      Writer writer,
      Sequencer sequencer,
      FrameQueue queue,
      RelaySupervisor supervisor,
      PumpMetrics metrics,
      FrameTimes frameTimes,
      LongSupplier nanoTime,
      InstantSource clock,
      OptionalLong start) {
    this.settings = settings;
    this.writer = writer;
    this.sequencer = sequencer;
    this.queue = queue;
    this.supervisor = supervisor;
    this.metrics = metrics;
    this.frameTimes = frameTimes;
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.start = start;
    this.position = sequencer.position();
  }

  /** The last frame accepted. */
  Position position() {
    return position;
  }

  /** What to ask the relay for now. Any thread. */
  OptionalLong cursorToAsk() {
    Position had = position;
    return had.seq() == 0 ? start : OptionalLong.of(had.seq());
  }

  /**
   * Writes one transaction, if anything comes within a moment.
   *
   * @return how many frames were committed
   */
  int writeNext() throws InterruptedException {
    Arrival first = queue.poll(IDLE_NANOS);
    if (first == null) {
      return 0;
    }
    long deadline = nanoTime.getAsLong() + settings.commitEvery().toNanos();
    int frames = 0;
    int arrivals = 0;
    writer.begin();
    for (Arrival arrival = first;
        arrival != null;
        arrival =
            ++arrivals < settings.maxFrames()
                ? queue.poll(deadline - nanoTime.getAsLong())
                : null) {
      frames += write(arrival);
    }
    writer.commit(sequencer.position().toCursor(clock.instant()));
    uncommitted.count(metrics, frames);
    uncommitted = new Uncommitted();
    return frames;
  }

  /** Notices that were taken from the queue and are not in the log. */
  List<Incident> unsaid() {
    return uncommitted.notices();
  }

  /** What a transaction holds beside frames: counted, and said for good, once it is committed. */
  private record Uncommitted(
      List<Incident> notices, List<Incident> found, List<MalformedDataException.Kind> letters) {
    Uncommitted() {
      this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    void count(PumpMetrics metrics, int frames) {
      metrics.written(frames);
      notices.forEach(incident -> metrics.incident(incident.kind()));
      found.forEach(incident -> metrics.incident(incident.kind()));
      letters.forEach(metrics::deadLetter);
    }
  }

  /** How many frames it added to the log: one or none. */
  private int write(Arrival arrival) {
    return switch (arrival) {
      case Arrival.Notice(Incident incident) -> {
        uncommitted.notices().add(incident);
        writer.incident(incident);
        yield 0;
      }
      case Arrival.Frame frame -> {
        FrameScan scan;
        try {
          scan = FrameScan.of(frame.bytes());
        } catch (MalformedDataException e) {
          deadLetter(frame, e);
          yield 0;
        }
        yield scan.seq().isPresent()
            ? numbered(frame, scan, scan.seq().getAsLong())
            : unnumbered(frame, scan);
      }
    };
  }

  private int numbered(Arrival.Frame frame, FrameScan scan, long seq) {
    Optional<Instant> frameTime = scan.time().flatMap(Datetime::momentOf);
    Position before = sequencer.position();
    Sequencer.Decision decision = sequencer.accept(seq, sha256(frame.bytes()), frameTime);
    if (decision == Sequencer.Decision.DUPLICATE) {
      metrics.duplicate();
      return 0;
    }
    if (decision == Sequencer.Decision.NEW_EPOCH) {
      incident(
          Incident.Kind.EPOCH,
          before.seq(),
          seq,
          "sequence " + seq + " came after " + before.seq() + " with other bytes than were had",
          "began epoch " + sequencer.position().epoch() + "; nothing was dropped");
    }
    Position past = outdated;
    if (past != null) {
      outdated = null;
      incident(
          Incident.Kind.GAP,
          past.seq(),
          seq,
          "the relay no longer has what follows sequence " + past.seq(),
          "went on from the oldest that it has");
    }
    frameTime.ifPresent(frameTimes::add);
    store(frame, scan, seq);
    return 1;
  }

  /** #info, errors, and kinds that have no number: stored like any other, and acted upon. */
  private int unnumbered(Arrival.Frame frame, FrameScan scan) {
    String name = scan.name().orElse("");
    switch (scan.kind()) {
      case INFO -> {
        if (name.equals("OutdatedCursor")) {
          outdated = sequencer.position();
        }
      }
      case ERROR -> error(name, scan.message().orElse(""));
      case COMMIT, SYNC, IDENTITY, ACCOUNT, UNKNOWN -> {
        // Nothing to act upon.
      }
    }
    store(frame, scan, 0);
    return 1;
  }

  private void error(String name, String message) {
    long seq = sequencer.position().seq();
    switch (name) {
      case "FutureCursor" -> {
        sequencer.beginEpoch();
        start = OptionalLong.of(0);
        position = sequencer.position();
        incident(
            Incident.Kind.EPOCH,
            seq,
            0,
            "the relay says that sequence " + seq + " lies in its future",
            "began epoch " + position.epoch() + " and asked for everything that it has");
      }
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
    // The protocol has both sides close after an error; this one does not wait for the other.
    supervisor.reconnect(new Ending(Ending.Reason.CLOSED, "the relay sent the error " + name));
  }

  private void store(Arrival.Frame frame, FrameScan scan, long seq) {
    Position now = sequencer.position();
    position = now;
    writer.frame(
        new FrameHeaders(now.relay(), now.epoch(), seq),
        scan.repo(),
        frame.bytes(),
        frame.seenAt());
  }

  private void deadLetter(Arrival.Frame frame, MalformedDataException e) {
    Position now = sequencer.position();
    uncommitted.letters().add(e.kind());
    writer.deadLetter(
        new DeadLetter(
            STAGE,
            e.kind().name().toLowerCase(java.util.Locale.ROOT),
            frame.seenAt(),
            String.valueOf(e.getMessage()),
            now.relay() + " epoch " + now.epoch() + " after " + now.seq(),
            frame.bytes().length,
            sha256(frame.bytes()),
            Bytes.of(frame.bytes())));
  }

  private void incident(Incident.Kind kind, long from, long to, String found, String done) {
    Incident incident =
        new Incident(
            kind,
            settings.relay(),
            clock.instant(),
            OptionalLong.of(from),
            OptionalLong.of(to),
            found,
            done);
    uncommitted.found().add(incident);
    writer.incident(incident);
  }

  private static String quote(String text) {
    return "'" + (text.length() <= 100 ? text : text.substring(0, 100) + "…") + "'";
  }

  private static Bytes sha256(byte[] bytes) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() {
    writer.close();
  }
}
